// IDX, the format of MNIST (yann.lecun.com/exdb/mnist): bytes 0, 0, a type, the rank, then big-endian 32-bit
// sizes and the values. Of the types only the unsigned byte (8) is read. Plain or gzipped.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "adapterx/io/file_bytes.h"

namespace ax {

struct IdxArray {
  std::string name;  // of the file
  std::vector<int64_t> shape;
  std::span<const uint8_t> values;    // row-major, as many as the shape says
  std::shared_ptr<const void> owner;  // of the values: the mapping, or what was unpacked
};

// Throws Error, beginning with the file's name, where the file is no such array of rank 1 to 4, or holds less
// or more than its sizes say. Of a gzipped file no more is allotted than it can unpack to.
IdxArray read_idx(const FileBytes& file);

}  // namespace ax
