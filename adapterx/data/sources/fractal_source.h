// Fractals, each class an iterated function system: images of labelled shapes by formulas alone, to pretrain
// on (FractalDB, arXiv 2101.08515).
#pragma once

#include "adapterx/data/images/image_dataset.h"
#include "adapterx/data/sources/source_options.h"

namespace ax {

// Options: classes (200); per_class (100) images of each; points (4000) of an image; style (mixed): density,
// stamps or mixed; colours (mixed): grey (white on black, as published), colour or mixed; filling (0.2): the
// least part of the frame that an attractor fills; size (64): the side in pixels; seed (0), of the classes
// too.
ImageSplits open_fractals(SourceOptions& options);

}  // namespace ax
