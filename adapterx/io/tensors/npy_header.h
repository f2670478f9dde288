// The header of a .npy array: magic, version, length, and a Python dict of 'descr', 'fortran_order' and
// 'shape'. Internal to npy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/io/tensors/tensor_file.h"

namespace ax::npy {

struct Header {
  std::string descr;  // "<f4": byte order, kind, size in bytes (of a 'U' text: in letters)
  bool fortran_order = false;
  std::vector<int64_t> shape;
  size_t size = 0;  // of the header; the data follow
};

// Throws Error starting with `where`.
Header parse_header(const std::string& where, std::span<const std::byte> bytes);

// The header of a tensor, padded to a multiple of 64 bytes. Throws Error starting with `where` where the
// dtype has no name in NumPy.
std::string header_text(const std::string& where, FileDType dtype, const Shape& shape, bool fortran_order);

// The strides, in elements, of an array in Fortran order; none where they would be those of C order.
std::vector<int64_t> fortran_strides(const Shape& shape);

// The dtype of a descr, or none if it is no number.
std::optional<FileDType> parse_descr(std::string_view descr);

}  // namespace ax::npy
