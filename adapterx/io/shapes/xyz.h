// Points as text, one a line (.xyz, .txt, .pts): x, y, z and then whatever else, separated by spaces, commas
// or semicolons. ModelNet40's modelnet40_normal_resampled has `x,y,z,nx,ny,nz`. A first line of one whole
// number is the number of points, as .pts files have it; lines that begin with # or // are passed over.
#pragma once

#include "adapterx/io/file_bytes.h"
#include "adapterx/io/shapes/point_cloud.h"

namespace ax {

// Throws Error with file and line where a line has fewer than three columns or others than the first, where a
// coordinate is no finite number, where there are not as many points as announced, and where there are none.
PointCloud read_xyz(const FileBytes& file);

}  // namespace ax
