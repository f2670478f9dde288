// Visual atoms, each class a pair of waves on rings: images of labelled contours by formulas alone, to
// pretrain on (VisualAtom, arXiv 2303.01112).
#pragma once

#include "adapterx/data/images/image_dataset.h"
#include "adapterx/data/sources/source_options.h"

namespace ax {

// Options: classes (200); per_class (100) images of each; colours (mixed): grey (on black, as published),
// colour or mixed; size (64): the side in pixels; seed (0), of the classes too.
ImageSplits open_atoms(SourceOptions& options);

}  // namespace ax
