// PCD 0.7, the Point Cloud Library's format: ascii, binary and binary_compressed (LZF). The fields x, y and z
// of any type are read, others passed over. Points whose three coordinates are NaN are left out: so the
// format marks the pixels of a depth image that have no point.
#pragma once

#include "adapterx/io/file_bytes.h"
#include "adapterx/io/shapes/point_cloud.h"

namespace ax {

// Throws Error with file and line, or byte of a binary body, where the file is damaged, a coordinate is not
// finite otherwise, or there is no point.
PointCloud read_pcd(const FileBytes& file);

}  // namespace ax
