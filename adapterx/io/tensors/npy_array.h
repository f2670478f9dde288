// One array of a .npy or .npz file. Internal to npy.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "adapterx/io/tensors/tensor_file.h"

namespace ax::npy {

struct Arrays {
  TensorMap tensors;
  MetadataMap metadata;
};

// Adds the array that `bytes` hold: numbers as a view of `bytes`, texts as metadata. Throws Error starting
// with `file` and the name.
void add_array(Arrays& arrays, const std::string& file, const std::string& name,
               std::span<const std::byte> bytes);

// The texts of an array of type 'U' or 'S', row-major. Throws Error starting with `where`.
std::vector<std::string> read_texts(const std::string& where, std::span<const std::byte> bytes);

}  // namespace ax::npy
