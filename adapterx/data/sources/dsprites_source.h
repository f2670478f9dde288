// The source of images `dsprites`: the 737,280 images of dsprite.h, of which VTAB makes two tasks (Zhai et
// al. 2019, arXiv 1910.04867; task_adaptation/data/dsprites.py).
#pragma once

#include "adapterx/base/setting.h"
#include "adapterx/data/images/image_dataset.h"

namespace ax {

enum class DspriteLabel : uint8_t {
  location,     // x in 16 classes of 2 positions, VTAB's dsprites_loc
  orientation,  // 16 classes, floor(orientation / 2.5), VTAB's dsprites_ori
  shape,
  scale,
  y,  // as location
};

struct DspritesOptions {
  DspriteLabel label = DspriteLabel::location;
  int64_t test = 10'000;  // test images, the rest being training images; VTAB has 73,728
  uint64_t seed = 0;      // of the draw of test images
};

std::vector<Setting> dsprites_settings(DspritesOptions& options);
ImageSplits open_dsprites(const DspritesOptions& options);

}  // namespace ax
