// The readers as fuzz targets. Each takes bytes as a hostile file, uses all that the reader gives for it, and
// says whether it was accepted; refused is what throws Error. Anything else that happens is a finding:
// another exception, a broken law (std::logic_error), a sanitizer's report, a hang.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "adapterx/io/shapes/point_cloud.h"
#include "adapterx/io/tensors/tensor_file.h"

namespace ax::fuzz {

using Bytes = std::span<const std::byte>;

bool safetensors(Bytes bytes);
bool torch(Bytes bytes);
bool npz(Bytes bytes);  // and .npy
bool onnx(Bytes bytes);
bool zip(Bytes bytes);
bool idx(Bytes bytes);
bool image_csv(Bytes bytes);
bool image_list(Bytes bytes);  // and lists of names
bool image(Bytes bytes);       // JPEG, PNG, WebP, BMP, PPM: the first bytes tell
bool mesh(Bytes bytes);        // OBJ, OFF, PLY, STL and WRL, each of them
bool cloud(Bytes bytes);       // XYZ, PCD and .npy, each of them
bool numpy_pickle(Bytes bytes);
bool h5(Bytes bytes);  // every data set, as floats and as integers

// Reads from every stretch of memory that a file's tensors are said to be in, and checks that shapes, strides
// and data agree. Throws std::logic_error where they do not.
void use(const TensorFile& file);
// The same of one tensor; the name is for errors.
void use(const std::string& name, const TensorInfo& tensor);
// Checks that there is something, that coordinates are finite and that corners are vertices.
void use(const Geometry& geometry);
// Reads a byte of each 16, the last one too.
void use(Bytes bytes);

}  // namespace ax::fuzz
