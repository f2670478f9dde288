// PLY (the Stanford Polygon File Format), ascii and binary of either byte order. Of the element `vertex` the
// properties x, y and z of any type are read, of `face` the list vertex_indices (or vertex_index); all else
// is passed over. Triangle strips are refused.
#pragma once

#include "adapterx/io/file_bytes.h"
#include "adapterx/io/shapes/point_cloud.h"

namespace ax {

// A file without triangles is a cloud of its vertices; faces of fewer than three corners are left out. Throws
// Error with file and line, or byte of a binary body, where it is damaged, a corner names no vertex, a
// coordinate is not finite or there is no vertex.
Geometry read_ply(const FileBytes& file);

}  // namespace ax
