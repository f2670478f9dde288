#include "adapterx/data/sources/fractal_source.h"

#include <utility>
#include <vector>

#include "adapterx/base/error.h"
#include "adapterx/base/parallel.h"
#include "adapterx/data/sources/fractal_image.h"
#include "adapterx/data/sources/source_parts.h"

namespace ax {
namespace {

FractalStyle style_of(SourceOptions& options) {
  return {.points = options.integer("points", 4000, 100, 1'000'000),
          .stamped = part_of_second(options, "style", "density", "stamps"),
          .coloured = part_of_second(options, "colours", "grey", "colour")};
}

class Fractals : public ImageDataset {
 public:
  explicit Fractals(SourceOptions& options)
      : systems_(static_cast<size_t>(options.integer("classes", 200, 2, 100'000))),
        size_(options.integer("per_class", 100, 1, 1'000'000) * std::ssize(systems_)),
        style_(style_of(options)),
        filling_(options.number("filling", 0.2, 0, 0.4)),
        side_(options.integer("size", 64, 16, 1024)),
        seed_(options.seed()) {}

  void search() {
    parallel_ranges(std::ssize(systems_), 1, [&](int64_t begin, int64_t end, int) {
      for (int64_t c = begin; c < end; ++c) {
        systems_[static_cast<size_t>(c)] = draw_fractal_class(seed_, c, filling_);
      }
    });
  }

  int64_t size() const override { return size_; }
  int32_t label(int64_t i) const override { return static_cast<int32_t>(i % std::ssize(systems_)); }
  std::string name(int64_t i) const override { return fmt::format("fractals#{}", i); }
  Image image(int64_t i) const override {
    const SampleKey key{.seed = seed_, .index = i};
    return draw_fractal(systems_[static_cast<size_t>(label(i))], style_, side_, key, name(i));
  }
  int64_t classes() const { return std::ssize(systems_); }

 private:
  std::vector<FractalSystem> systems_;
  int64_t size_;
  FractalStyle style_;
  double filling_;
  int64_t side_;
  uint64_t seed_;
};

}  // namespace

ImageSplits open_fractals(SourceOptions& options) {
  const auto fractals = std::make_shared<Fractals>(options);
  options.expect_known();
  fractals->search();
  ImageSplits splits{.classes = numbered_names("fractal", fractals->classes())};
  splits.train = fractals;
  return splits;
}

}  // namespace ax
