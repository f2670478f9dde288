// Object File Format: OFF, and COFF, NOFF, CNOFF, STOFF and the like, whose colours, normals and texture
// places are passed over. The counts may follow the word on its line, without a space too, as some files of
// ModelNet have them: "OFF1568 1023 0". The edge count may be left out.
#pragma once

#include "adapterx/io/file_bytes.h"
#include "adapterx/io/shapes/point_cloud.h"

namespace ax {

// A file without triangles is a cloud of its vertices; faces of fewer than three corners are left out. Throws
// Error with file and line where it is damaged, a corner names no vertex, a coordinate is not finite or there
// is no vertex.
Geometry read_off(const FileBytes& file);

}  // namespace ax
