// Visual atoms, each class a pair of waves on rings: images of labelled contours by formulas alone, to
// pretrain on (VisualAtom, arXiv 2303.01112).
#pragma once

#include "adapterx/base/setting.h"
#include "adapterx/data/images/image_dataset.h"

namespace ax {

struct AtomOptions {
  int64_t classes = 200, per_class = 100;
  double coloured = 0.5;  // part of the images: 0 is grey on black, as published
  int64_t size = 64;
  uint64_t seed = 0;  // of the classes, too
};

std::vector<Setting> atom_settings(AtomOptions& options);
ImageSplits open_atoms(const AtomOptions& options);

}  // namespace ax
