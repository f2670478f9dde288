#include "adapterx/data/sources/dsprites_source.h"

#include <algorithm>
#include <array>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/data/sources/dsprite.h"
#include "adapterx/data/sources/source_parts.h"

namespace ax {
namespace {

using LabelOf = int32_t (*)(const Dsprite& sprite);

class Dsprites : public ImageDataset {
 public:
  explicit Dsprites(LabelOf label_of) : label_of_(label_of) {}

  int64_t size() const override { return kDsprites; }
  int32_t label(int64_t i) const override { return label_of_(dsprite_at(i)); }
  std::string name(int64_t i) const override { return fmt::format("dsprites#{}", i); }
  bool in_memory() const override { return true; }  // drawn faster than read from a cache
  Image image(int64_t i) const override {
    std::array<uint8_t, kDspriteSide * kDspriteSide> grey;
    draw_dsprite(dsprite_at(i), grey);
    Image image = new_image("dsprites", kDspriteSide, kDspriteSide);
    uint8_t* out = image.pixels.get();
    for (const uint8_t value : grey) out = std::fill_n(out, 3, value);
    return image;
  }

 private:
  LabelOf label_of_;
};

struct Label {
  std::vector<std::string> classes;
  LabelOf of;
};

constexpr int64_t kBins = 16;  // classes of two or three neighbouring values

Label label_named(const std::string& name) {
  if (name == "location") return {numbered_names("x", kBins), [](const Dsprite& s) { return s.x / 2; }};
  if (name == "y") return {numbered_names("y", kBins), [](const Dsprite& s) { return s.y / 2; }};
  if (name == "orientation") {
    return {numbered_names("orientation", kBins), [](const Dsprite& s) { return s.orientation * 2 / 5; }};
  }
  if (name == "shape") return {{"square", "ellipse", "heart"}, [](const Dsprite& s) { return s.shape; }};
  return {{"0.5", "0.6", "0.7", "0.8", "0.9", "1.0"}, [](const Dsprite& s) { return s.scale; }};
}

}  // namespace

ImageSplits open_dsprites(SourceOptions& options) {
  Label label =
      label_named(options.choice("label", "location", {"location", "orientation", "shape", "scale", "y"}));
  const int64_t count = options.integer("test", 10'000, 0, kDsprites / 2);
  const uint64_t seed = options.seed();
  ImageSplits splits{.classes = std::move(label.classes)};
  split_off_test(std::make_shared<Dsprites>(label.of), count, seed, "dsprites.test", splits);
  return splits;
}

}  // namespace ax
