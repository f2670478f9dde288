// The source of images `dsprites`: the 737,280 images of dsprite.h, of which VTAB makes two tasks (Zhai et
// al. 2019, arXiv 1910.04867; task_adaptation/data/dsprites.py).
//
// Options: label = location (the default: x in 16 classes of 2 positions, VTAB's dsprites_loc), orientation
// (16 classes, floor(orientation / 2.5), VTAB's dsprites_ori), shape, scale, or y (as location); test = how
// many images are test images (10,000; 0: none), drawn by `seed`, the rest being training images. VTAB tests
// on 73,728.
#pragma once

#include "adapterx/data/images/image_dataset.h"
#include "adapterx/data/sources/source_options.h"

namespace ax {

ImageSplits open_dsprites(SourceOptions& options);

}  // namespace ax
