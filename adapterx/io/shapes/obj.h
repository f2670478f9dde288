// Wavefront's OBJ: the lines `v x y z` and `f`, whose corners are `v`, `v/vt`, `v//vn` or `v/vt/vn`, counted
// from 1 or, negative, from the last vertex back. Polygons are cut into fans; everything else is passed over.
#pragma once

#include "adapterx/io/file_bytes.h"
#include "adapterx/io/shapes/point_cloud.h"

namespace ax {

// A file without triangles is a cloud of its vertices; faces of fewer than three corners are left out. Throws
// Error with file and line where it is damaged, a corner names no vertex, a coordinate is not finite or there
// is no vertex.
Geometry read_obj(const FileBytes& file);

}  // namespace ax
