#include "adapterx/io/shapes/ply_header.h"

#include <algorithm>
#include <array>
#include <utility>

#include "adapterx/io/shapes/mesh_builder.h"
#include "adapterx/io/shapes/shape_lines.h"

namespace ax {
namespace {

using Named = std::pair<std::string_view, FileDType>;

constexpr size_t kMaxElements = 64, kMaxProperties = 1024;  // of a file, of an element
constexpr auto kTypes = std::to_array<Named>({
    {"float", FileDType::f32},
    {"float32", FileDType::f32},
    {"double", FileDType::f64},
    {"float64", FileDType::f64},
    {"char", FileDType::i8},
    {"int8", FileDType::i8},
    {"uchar", FileDType::u8},
    {"uint8", FileDType::u8},
    {"short", FileDType::i16},
    {"int16", FileDType::i16},
    {"ushort", FileDType::u16},
    {"uint16", FileDType::u16},
    {"int", FileDType::i32},
    {"int32", FileDType::i32},
    {"uint", FileDType::u32},
    {"uint32", FileDType::u32},
});

FileDType next_type(ShapeLines& lines) {
  const std::string_view word = lines.word();
  const auto* found = std::ranges::find(kTypes, word, &Named::first);
  if (found == kTypes.end()) lines.expected("a type as float or uchar", word);
  return found->second;
}

ply::Encoding next_encoding(ShapeLines& lines) {
  const std::string_view word = lines.word();
  if (word == "ascii") return ply::Encoding::ascii;
  if (word == "binary_little_endian") return ply::Encoding::little_endian;
  if (word == "binary_big_endian") return ply::Encoding::big_endian;
  lines.expected("ascii, binary_little_endian or binary_big_endian", word);
}

ply::Element next_element(ShapeLines& lines, const std::vector<ply::Element>& before) {
  ply::Element element{lines.word(), lines.integer("a count", 0, kMaxVertices), {}};
  if (before.size() == kMaxElements) lines.error("expected at most {} elements", kMaxElements);
  if (std::ranges::count(before, element.name, &ply::Element::name) > 0) {
    lines.expected("an element of another name", element.name);
  }
  return element;
}

ply::Property next_property(ShapeLines& lines) {
  ply::Property property;
  if (lines.tail().starts_with("list ")) {
    lines.word();
    property.count = next_type(lines);
  }
  property.type = next_type(lines);
  property.name = lines.word();
  if (property.name.empty()) lines.expected("a property's name", "");
  return property;
}

// True at the header's end.
bool read_line(ShapeLines& lines, ply::Header& header) {
  auto& elements = header.elements;
  const std::string_view key = lines.word();
  if (key == "format") {
    header.encoding = next_encoding(lines);
  } else if (key == "element") {
    elements.push_back(next_element(lines, elements));
  } else if (key == "property") {
    if (elements.empty()) lines.expected("an element before its properties", key);
    if (elements.back().properties.size() == kMaxProperties) lines.error("expected fewer properties");
    elements.back().properties.push_back(next_property(lines));
  } else if (key != "comment" && key != "obj_info" && key != "end_header") {
    lines.expected("a keyword of PLY's header", key);
  }
  return key == "end_header";
}

}  // namespace

ply::Header ply::parse_header(const FileBytes& file) {
  const std::string_view text(reinterpret_cast<const char*>(file.bytes().data()), file.size());
  if (!text.starts_with("ply\n") && !text.starts_with("ply\r\n")) {
    fail("{}: expected a PLY file, which begins with the line `ply`", file.name());
  }
  ShapeLines lines(file.name(), text);
  lines.next();
  Header header;
  bool ended = false;
  while (!ended && lines.next()) ended = read_line(lines, header);
  if (!ended) fail("{}:{}: expected end_header, got the file's end", file.name(), lines.number());
  for (const Element& element : header.elements) {
    if (element.properties.empty() && element.rows > 0) {
      fail("{}: expected properties of element {}, got none", file.name(), element.name);
    }
  }
  header.body = lines.rest();
  header.lines = lines.number();
  return header;
}

}  // namespace ax
