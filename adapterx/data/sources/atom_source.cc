#include "adapterx/data/sources/atom_source.h"

#include <vector>

#include "adapterx/base/error.h"
#include "adapterx/data/sources/atom_image.h"
#include "adapterx/data/sources/source_parts.h"

namespace ax {
namespace {

class Atoms : public ImageDataset {
 public:
  explicit Atoms(const AtomOptions& options)
      : options_(options), classes_(static_cast<size_t>(options.classes)) {
    for (int64_t c = 0; c < classes(); ++c)
      classes_[static_cast<size_t>(c)] = draw_atom_class(options.seed, c);
  }

  int64_t size() const override { return options_.per_class * classes(); }
  int32_t label(int64_t i) const override { return static_cast<int32_t>(i % classes()); }
  std::string name(int64_t i) const override { return fmt::format("atoms#{}", i); }
  Image image(int64_t i) const override {
    const SampleKey key{.seed = options_.seed, .index = i};
    return draw_atom(classes_[static_cast<size_t>(label(i))], options_.coloured, options_.size, key, name(i));
  }
  int64_t classes() const { return std::ssize(classes_); }

 private:
  AtomOptions options_;
  std::vector<AtomClass> classes_;
};

}  // namespace

std::vector<Setting> atom_settings(AtomOptions& o) {
  return {{"classes", &o.classes, "Classes, a pair of waves each.", {2, 100'000}},
          {"per_class", &o.per_class, "Images of each class.", {1, 1'000'000}},
          size_setting(o.size),
          seed_setting(o.seed),
          {"colours", part_of_second(o.coloured, "grey", "colour"),
           "Whether images are grey on black, as published, coloured, or half of each."}};
}

ImageSplits open_atoms(const AtomOptions& options) {
  const auto atoms = std::make_shared<Atoms>(options);
  ImageSplits splits{.classes = numbered_names("atom", atoms->classes())};
  splits.train = atoms;
  return splits;
}

}  // namespace ax
