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

Label label_of(DspriteLabel label) {
  switch (label) {
    case DspriteLabel::location:
      return {numbered_names("x", kBins), [](const Dsprite& s) { return s.x / 2; }};
    case DspriteLabel::y:
      return {numbered_names("y", kBins), [](const Dsprite& s) { return s.y / 2; }};
    case DspriteLabel::orientation:
      return {numbered_names("orientation", kBins), [](const Dsprite& s) { return s.orientation * 2 / 5; }};
    case DspriteLabel::shape:
      return {{"square", "ellipse", "heart"}, [](const Dsprite& s) { return s.shape; }};
    case DspriteLabel::scale:
      break;
  }
  return {{"0.5", "0.6", "0.7", "0.8", "0.9", "1.0"}, [](const Dsprite& s) { return s.scale; }};
}

}  // namespace

std::vector<Setting> dsprites_settings(DspritesOptions& o) {
  return {{"label",
           one_of(o.label, {{"location", DspriteLabel::location},
                            {"orientation", DspriteLabel::orientation},
                            {"shape", DspriteLabel::shape},
                            {"scale", DspriteLabel::scale},
                            {"y", DspriteLabel::y}}),
           "What is told of an image; location is its column, and y its row."},
          {"test", &o.test, "Test images, the others being training images.", {0, kDsprites / 2}},
          seed_setting(o.seed)};
}

ImageSplits open_dsprites(const DspritesOptions& options) {
  Label label = label_of(options.label);
  ImageSplits splits{.classes = std::move(label.classes)};
  split_off_test(std::make_shared<Dsprites>(label.of), options.test, options.seed, "dsprites.test", splits);
  return splits;
}

}  // namespace ax
