// Files of 3D shapes, one by one: meshes as OBJ, OFF, PLY, STL, VRML 2.0; clouds as PLY, XYZ text, PCD,
// NumPy's .npy.
#pragma once

#include <filesystem>

#include "adapterx/io/file_bytes.h"
#include "adapterx/io/shapes/point_cloud.h"

namespace ax {

// Whether the extension, in any case, is that of a format read here: .obj .off .ply .stl .wrl .xyz .txt .pts
// .pcd .npy.
bool is_shape_file(const std::filesystem::path& path);

// Reads the shape; the extension tells the format. Throws Error naming the file, and the line or the byte,
// where it is damaged, empty, or has a coordinate that is not finite.
Geometry read_shape_file(const std::filesystem::path& path);

// The same of bytes, as those of an archive's entry; the extension of the file's name tells the format.
Geometry read_shape(const FileBytes& file);

// The first three columns of a .npy array of floats, [points, 3 or more].
PointCloud read_npy_cloud(const FileBytes& file);

}  // namespace ax
