// The numbers after a PLY header, in order, from text or bytes. Internal to ply. Both kinds throw Error with
// the line or the byte where numbers are missing.
#pragma once

#include <cmath>
#include <limits>
#include <string>

#include "adapterx/io/scalar_bytes.h"
#include "adapterx/io/shapes/ply_header.h"
#include "adapterx/io/shapes/shape_lines.h"

namespace ax::ply {

class TextBody {
 public:
  TextBody(const std::string& file, const Header& header) : lines_(file, header.body, header.lines) {}

  // Throws where the rest of the file can't hold the element.
  void expect_rows(const Element& e) const {
    if (2 * static_cast<uint64_t>(e.rows) * e.properties.size() > lines_.rest().size() + 1) too_short(e);
  }
  void begin_row(const Element& e) {
    if (!lines_.next()) too_short(e);
  }
  void end_row() const {
    if (!lines_.tail().empty()) lines_.expected("the line's end", lines_.tail());
  }
  double number(FileDType /*type*/) {
    const std::string_view word = lines_.word();
    double value = 0;
    if (!parse_number(word, value)) lines_.expected("a number", word);
    return value;
  }
  void skip(FileDType type, uint64_t count) {
    for (; count > 0; --count) number(type);
  }
  [[noreturn]] void refuse(std::string_view what, double got) const {
    lines_.error("expected {}, got {}", what, got);
  }

 private:
  [[noreturn]] void too_short(const Element& e) const {
    lines_.error("expected {} lines of element {}, the file ends before; is it whole?", e.rows, e.name);
  }

  ShapeLines lines_;
};

class BinaryBody {
 public:
  BinaryBody(const FileBytes& file, const Header& header)
      : file_(file), at_(file.size() - header.body.size()), big_(header.encoding == Encoding::big_endian) {}

  void expect_rows(const Element& e) const {
    uint64_t least = 0;
    for (const Property& p : e.properties) least += size_of(p.count.value_or(p.type));
    if (static_cast<uint64_t>(e.rows) * least > file_.size() - at_) {
      fail("{}: byte {}: expected {} rows of element {}, at least {} bytes each, got {} bytes; is it whole?",
           file_.name(), at_, e.rows, e.name, least, file_.size() - at_);
    }
  }
  void begin_row(const Element&) {}
  void end_row() const {}
  double number(FileDType type) {
    const std::byte* bytes = take(size_of(type));
    return scalar_at(type, bytes, big_);
  }
  void skip(FileDType type, uint64_t count) {
    if (count > file_.size()) refuse("a list that fits the file", static_cast<double>(count));
    take(count * size_of(type));
  }
  [[noreturn]] void refuse(std::string_view what, double got) const {
    fail("{}: byte {}: expected {}, got {}", file_.name(), last_, what, got);
  }

 private:
  const std::byte* take(uint64_t size) {
    if (size > file_.size() - at_) {
      fail("{}: byte {}: expected {} more bytes, the file ends; is it whole?", file_.name(), at_, size);
    }
    last_ = at_;
    at_ += size;
    return file_.bytes().data() + last_;
  }

  const FileBytes& file_;
  uint64_t at_, last_ = 0;  // the next byte, and where the last number was
  bool big_;
};

}  // namespace ax::ply
