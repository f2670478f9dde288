#include "adapterx/data/sources/atom_source.h"

#include <vector>

#include "adapterx/base/error.h"
#include "adapterx/data/sources/atom_image.h"
#include "adapterx/data/sources/source_parts.h"

namespace ax {
namespace {

class Atoms : public ImageDataset {
 public:
  explicit Atoms(SourceOptions& options)
      : classes_(static_cast<size_t>(options.integer("classes", 200, 2, 100'000))),
        size_(options.integer("per_class", 100, 1, 1'000'000) * std::ssize(classes_)),
        side_(options.integer("size", 64, 16, 1024)),
        seed_(options.seed()),
        coloured_(part_of_second(options, "colours", "grey", "colour")) {
    for (int64_t c = 0; c < classes(); ++c) classes_[static_cast<size_t>(c)] = draw_atom_class(seed_, c);
  }

  int64_t size() const override { return size_; }
  int32_t label(int64_t i) const override { return static_cast<int32_t>(i % classes()); }
  std::string name(int64_t i) const override { return fmt::format("atoms#{}", i); }
  Image image(int64_t i) const override {
    const SampleKey key{.seed = seed_, .index = i};
    return draw_atom(classes_[static_cast<size_t>(label(i))], coloured_, side_, key, name(i));
  }
  int64_t classes() const { return std::ssize(classes_); }

 private:
  std::vector<AtomClass> classes_;
  int64_t size_, side_;
  uint64_t seed_;
  double coloured_;
};

}  // namespace

ImageSplits open_atoms(SourceOptions& options) {
  const auto atoms = std::make_shared<Atoms>(options);
  ImageSplits splits{.classes = numbered_names("atom", atoms->classes())};
  splits.train = atoms;
  return splits;
}

}  // namespace ax
