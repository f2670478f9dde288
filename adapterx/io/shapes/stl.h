// STL, ascii and binary, told apart by size and content: many binary files begin with "solid" too. Each
// triangle has three vertices of its own; normals are passed over.
#pragma once

#include "adapterx/io/file_bytes.h"
#include "adapterx/io/shapes/point_cloud.h"

namespace ax {

// Throws Error with file and line, or byte, where the file is damaged or has no triangle.
Geometry read_stl(const FileBytes& file);

}  // namespace ax
