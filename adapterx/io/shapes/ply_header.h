// The header of a PLY file. Internal to ply.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/io/file_bytes.h"
#include "adapterx/io/tensors/tensor_file.h"

namespace ax::ply {

struct Property {
  std::string_view name;
  FileDType type = FileDType::f32;
  std::optional<FileDType> count = {};  // the type of a list's length; none: a single number
};

struct Element {
  std::string_view name;
  int64_t rows = 0;
  std::vector<Property> properties;
};

enum class Encoding : uint8_t { ascii, little_endian, big_endian };

struct Header {
  Encoding encoding = Encoding::ascii;
  std::vector<Element> elements;
  std::string_view body;  // of the file's bytes
  int64_t lines = 0;      // of the header
};

// Names are views of the file. Throws Error with file and line. Elements have at most 2^31 rows, a property
// at least where they have rows, and names of their own.
Header parse_header(const FileBytes& file);

}  // namespace ax::ply
