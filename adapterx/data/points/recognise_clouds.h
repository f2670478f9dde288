// Whether a path holds point clouds: told before anybody has said which kind of model is meant.
#pragma once

#include "adapterx/data/dataset.h"

namespace ax {

// By names and extensions alone: the formats of open_point_splits that images don't have, a shape file by
// itself, a .csv list of such, and folders with shape files below them. Texts and .npy files are shapes where
// they lie in subfolders without images, because lists and arrays go with images, too; a .txt file by itself
// is a list. False where nothing is there.
bool holds_clouds(const DatasetSpec& spec);

}  // namespace ax
