#include "adapterx/io/tensors/npy_array.h"

#include <charconv>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/io/tensors/npy_header.h"

namespace ax {
namespace {

using Bytes = std::span<const std::byte>;

constexpr int64_t kMaxText = int64_t{1} << 20;  // bytes, and texts

void check_size(const std::string& where, const npy::Header& header, const Shape& shape, size_t want,
                Bytes data) {
  if (data.size() != want) {
    fail("{}: expected {} bytes for {} {}, got {}", where, want, header.descr, to_string(shape), data.size());
  }
}

void check_order(const std::string& where, const std::string& descr, size_t item_size) {
  const char order = descr.empty() ? ' ' : descr[0];
  if (order == '<' || order == '|' || order == '=' || (order == '>' && item_size == 1)) return;
  fail("{}: expected little-endian data, got '{}'; save it as array.astype(array.dtype.newbyteorder('<'))",
       where, descr);
}

void append_utf8(const std::string& where, std::string& out, uint32_t c) {
  const auto add = [&](uint32_t bits) { out.push_back(static_cast<char>(bits)); };
  const auto follow = [&](int shift) { add(0x80 | ((c >> shift) & 0x3f)); };
  if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
    fail("{}: expected letters of Unicode, got {:#x}", where, c);
  if (c < 0x80) return add(c);
  if (c < 0x800) return add(0xc0 | c >> 6), follow(0);
  if (c < 0x10000) return add(0xe0 | c >> 12), follow(6), follow(0);
  add(0xf0 | c >> 18), follow(12), follow(6), follow(0);
}

// An item of a 'U' (UTF-32) or 'S' array, padded with zeros in the file.
std::string one_text(const std::string& where, char kind, Bytes item) {
  std::string text;
  if (kind == 'S') {
    text.assign(reinterpret_cast<const char*>(item.data()), item.size());
  } else {
    for (size_t at = 0; at < item.size(); at += sizeof(uint32_t)) {
      uint32_t letter = 0;
      std::memcpy(&letter, item.data() + at, sizeof letter);
      append_utf8(where, text, letter);
    }
  }
  text.resize(text.find_last_not_of('\0') + 1);
  return text;
}

std::vector<std::string> texts_of(const std::string& where, const npy::Header& header, const Shape& shape,
                                  Bytes data) {
  const char kind = header.descr[1];
  int64_t letters = -1;
  const char* end = header.descr.data() + header.descr.size();
  const auto [stop, error] = std::from_chars(header.descr.data() + 2, end, letters);
  const int64_t count = shape.size();
  if (error != std::errc() || stop != end || letters < 1 || letters > kMaxText || count > kMaxText ||
      static_cast<int64_t>(data.size()) > kMaxText || header.fortran_order) {
    fail("{}: expected at most {} texts and bytes, in C order, got {} {} of {} bytes{}", where, kMaxText,
         header.descr, to_string(shape), data.size(), header.fortran_order ? " in Fortran order" : "");
  }
  const size_t item = static_cast<size_t>(letters) * (kind == 'U' ? sizeof(uint32_t) : 1);
  check_order(where, header.descr, kind == 'U' ? sizeof(uint32_t) : 1);
  check_size(where, header, shape, item * static_cast<size_t>(count), data);
  std::vector<std::string> texts;
  for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
    texts.push_back(one_text(where, kind, data.subspan(i * item, item)));
  }
  return texts;
}

bool is_text(const npy::Header& header) {
  return header.descr.size() >= 2 && (header.descr[1] == 'U' || header.descr[1] == 'S');
}

std::string_view kind_name(char kind) {
  if (kind == 'O') return " (Python objects; a pickle, which is not run)";
  if (kind == 'M' || kind == 'm') return " (dates)";
  return kind == 'V' ? " (raw bytes)" : "";
}

}  // namespace

std::vector<std::string> npy::read_texts(const std::string& where, Bytes bytes) {
  const Header header = parse_header(where, bytes);
  if (!is_text(header)) fail("{}: expected texts, got '{}'", where, header.descr);
  return texts_of(where, header, checked_shape(where, header.shape), bytes.subspan(header.size));
}

void npy::add_array(Arrays& arrays, const std::string& file, const std::string& name, Bytes bytes) {
  const std::string where = file + ": " + name;
  const Header header = parse_header(where, bytes);
  const Bytes data = bytes.subspan(header.size);
  const Shape shape = checked_shape(where, header.shape);
  const char kind = header.descr.size() < 2 ? ' ' : header.descr[1];
  if (is_text(header)) {
    arrays.metadata.emplace(name, fmt::format("{}", fmt::join(texts_of(where, header, shape, data), ",")));
    return;
  }
  const auto dtype = parse_descr(header.descr);
  if (!dtype) fail("{}: expected numbers of 8 to 64 bits, got '{}'{}", where, header.descr, kind_name(kind));
  check_order(where, header.descr, size_of(*dtype));
  check_size(where, header, shape, static_cast<size_t>(shape.size()) * size_of(*dtype), data);
  TensorInfo tensor{*dtype, shape, data};
  if (header.fortran_order) tensor.strides = fortran_strides(shape);
  arrays.tensors.emplace(name, std::move(tensor));
}

}  // namespace ax
