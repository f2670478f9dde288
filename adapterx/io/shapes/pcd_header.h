// The header of a PCD file. Internal to pcd.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/io/file_bytes.h"
#include "adapterx/io/tensors/tensor_file.h"

namespace ax::pcd {

enum class Encoding : uint8_t { ascii, binary, compressed };

struct Field {
  std::string_view name;
  FileDType type = FileDType::f32;
  size_t count = 1;   // numbers of a point
  size_t offset = 0;  // of the point, in bytes
  size_t column = 0;  // of the point, in numbers
};

struct Header {
  Encoding encoding = Encoding::ascii;
  std::vector<Field> fields;
  std::array<Field, 3> axes;  // x, y, z
  size_t point_size = 0;      // bytes
  size_t columns = 0;         // numbers of a point
  uint64_t points = 0;        // 1 to 2^31
  std::string_view body;
  int64_t lines = 0;  // of the header
};

// Throws Error with file and line.
Header parse_header(const FileBytes& file);

}  // namespace ax::pcd
