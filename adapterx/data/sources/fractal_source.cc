#include "adapterx/data/sources/fractal_source.h"

#include <utility>
#include <vector>

#include "adapterx/base/error.h"
#include "adapterx/base/parallel.h"
#include "adapterx/data/sources/source_parts.h"

namespace ax {
namespace {

class Fractals : public ImageDataset {
 public:
  explicit Fractals(const FractalOptions& options)
      : options_(options), systems_(static_cast<size_t>(options.classes)) {
    parallel_ranges(std::ssize(systems_), 1, [&](int64_t begin, int64_t end, int) {
      for (int64_t c = begin; c < end; ++c) {
        systems_[static_cast<size_t>(c)] = draw_fractal_class(options.seed, c, options.filling);
      }
    });
  }

  int64_t size() const override { return options_.per_class * classes(); }
  int32_t label(int64_t i) const override { return static_cast<int32_t>(i % std::ssize(systems_)); }
  std::string name(int64_t i) const override { return fmt::format("fractals#{}", i); }
  Image image(int64_t i) const override {
    const SampleKey key{.seed = options_.seed, .index = i};
    return draw_fractal(systems_[static_cast<size_t>(label(i))], options_.style, options_.size, key, name(i));
  }
  int64_t classes() const { return std::ssize(systems_); }

 private:
  FractalOptions options_;
  std::vector<FractalSystem> systems_;
};

}  // namespace

std::vector<Setting> fractal_settings(FractalOptions& o) {
  return {{"classes", &o.classes, "Classes, a system of maps each.", {2, 100'000}},
          {"per_class", &o.per_class, "Images of each class.", {1, 1'000'000}},
          {"points", &o.style.points, "Points drawn of an image.", {100, 1'000'000}},
          {"style", part_of_second(o.style.stamped, "density", "stamps"),
           "Whether images show the density of points, small stamps at them, or half of each."},
          {"colours", part_of_second(o.style.coloured, "grey", "colour"),
           "Whether images are white on black, as published, coloured, or half of each."},
          {"filling", &o.filling, "Least part of the frame that an attractor fills.", {0, 0.4}},
          size_setting(o.size),
          seed_setting(o.seed)};
}

ImageSplits open_fractals(const FractalOptions& options) {
  const auto fractals = std::make_shared<Fractals>(options);
  ImageSplits splits{.classes = numbered_names("fractal", fractals->classes())};
  splits.train = fractals;
  return splits;
}

}  // namespace ax
