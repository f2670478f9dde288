#include "adapterx/io/tensors/npy_header.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string_view>
#include <utility>

#include "adapterx/base/error.h"

namespace ax {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

constexpr std::array<std::pair<std::string_view, FileDType>, 15> kDescr = {{{"f8", FileDType::f64},
                                                                            {"f4", FileDType::f32},
                                                                            {"f2", FileDType::f16},
                                                                            {"V2", FileDType::bf16},
                                                                            {"i8", FileDType::i64},
                                                                            {"i4", FileDType::i32},
                                                                            {"i2", FileDType::i16},
                                                                            {"i1", FileDType::i8},
                                                                            {"u8", FileDType::u64},
                                                                            {"u4", FileDType::u32},
                                                                            {"u2", FileDType::u16},
                                                                            {"u1", FileDType::u8},
                                                                            {"b1", FileDType::boolean},
                                                                            {"c8", FileDType::complex64},
                                                                            {"c16", FileDType::complex128}}};

// Reads the dict's Python, of which NumPy writes a small part: texts, whole numbers, bools and a tuple.
class Literal {
 public:
  Literal(const std::string& where, std::string_view text) : where_(where), text_(text) {}

  bool take(char c) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void expect(char c) {
    if (!take(c)) fail_here(fmt::format("`{}`", c));
  }

  void expect_end() {
    skip_space();
    if (at_ != text_.size()) fail_here("the end");
  }

  std::string text() {
    const char quote = take('"') ? '"' : '\'';
    if (quote == '\'') expect('\'');
    const size_t end = text_.find_first_of("'\"\\", at_);
    if (end == text_.npos || text_[end] != quote) fail_here("a plain text in quotes");
    const std::string found(text_.substr(at_, end - at_));
    at_ = end + 1;
    return found;
  }

  bool boolean() {
    skip_space();
    for (const auto& [name, value] : {std::pair<std::string_view, bool>{"True", true}, {"False", false}}) {
      if (!text_.substr(at_).starts_with(name)) continue;
      at_ += name.size();
      return value;
    }
    fail_here("True or False");
  }

  int64_t integer() {
    skip_space();
    int64_t value = 0;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc()) fail_here("a whole number of 64 bits");
    at_ += static_cast<size_t>(end - begin);
    take('L');  // a long of Python 2
    return value;
  }

  std::vector<int64_t> tuple() {
    std::vector<int64_t> values;
    expect('(');
    while (!take(')')) {
      values.push_back(integer());
      if (take(',')) continue;
      expect(')');
      if (values.size() == 1) fail_here("a tuple, as (3,)");
      break;
    }
    return values;
  }

  [[noreturn]] void fail_here(std::string_view want) const {
    fail("{}: header: expected {} at letter {}, got `{}`", where_, want, at_, text_.substr(at_, 20));
  }

 private:
  void skip_space() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  const std::string& where_;
  std::string_view text_;
  size_t at_ = 0;
};

npy::Header parse_dict(const std::string& where, std::string_view text) {
  npy::Header header;
  Literal in(where, text);
  std::vector<std::string> keys;
  in.expect('{');
  while (!in.take('}')) {
    keys.push_back(in.text());
    in.expect(':');
    if (std::ranges::count(keys, keys.back()) > 1) fail("{}: header: got {} twice", where, keys.back());
    if (keys.back() == "descr") {
      if (in.take('['))
        fail("{}: expected plain numbers, got a structured dtype: {}", where, text.substr(0, 200));
      header.descr = in.text();
    } else if (keys.back() == "fortran_order") {
      header.fortran_order = in.boolean();
    } else if (keys.back() == "shape") {
      header.shape = in.tuple();
    } else {
      fail("{}: header: expected descr, fortran_order and shape, got `{}`", where, keys.back());
    }
    if (in.take(',')) continue;
    in.expect('}');
    break;
  }
  in.expect_end();
  if (keys.size() != 3)
    fail("{}: header: expected descr, fortran_order and shape, got {}", where, text.substr(0, 200));
  return header;
}

}  // namespace

npy::Header npy::parse_header(const std::string& where, std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.size() < 10 || !text.starts_with(kMagic)) {
    fail("{}: expected an array of NumPy, got {}", where, text.empty() ? "nothing" : "something else");
  }
  const int major = text[6], minor = text[7];
  if (major < 1 || major > 3 || minor != 0) {
    fail("{}: expected version 1.0, 2.0 or 3.0 of the format, got {}.{}", where, major, minor);
  }
  const size_t begin = major == 1 ? 10 : 12;
  uint32_t length = 0;
  if (text.size() >= begin) std::memcpy(&length, text.data() + 8, begin - 8);
  if (text.size() < begin || length > text.size() - begin) {
    fail("{}: expected a header of at most {} bytes, got {}; is the file whole?", where,
         text.size() - std::min(begin, text.size()), length);
  }
  Header header = parse_dict(where, text.substr(begin, length));
  header.size = begin + length;
  return header;
}

std::string npy::header_text(const std::string& where, FileDType dtype, const Shape& shape,
                             bool fortran_order) {
  const auto* row = std::ranges::find(kDescr, dtype, &std::pair<std::string_view, FileDType>::second);
  if (row == kDescr.end()) fail("{}: {} is no type of NumPy", where, to_string(dtype));
  std::string dims;
  for (int axis = 0; axis < shape.rank(); ++axis) dims += fmt::format("{}, ", shape[axis]);
  std::string dict =
      fmt::format("{{'descr': '{}{}', 'fortran_order': {}, 'shape': ({}), }}",
                  size_of(dtype) == 1 ? '|' : '<', row->first, fortran_order ? "True" : "False", dims);
  const size_t end = (10 + dict.size() + 1 + 63) / 64 * 64;
  dict.resize(end - 11, ' ');
  const auto length = static_cast<uint16_t>(end - 10);  // rank 8: far below 64 KB
  std::string text(kMagic);
  text.append("\1\0", 2).append(reinterpret_cast<const char*>(&length), sizeof length);
  return text.append(dict).append("\n");
}

std::vector<int64_t> npy::fortran_strides(const Shape& shape) {
  if (shape.rank() < 2 || shape.size() == 0) return {};
  std::vector<int64_t> strides = {1};
  for (int axis = 0; axis + 1 < shape.rank(); ++axis) strides.push_back(strides.back() * shape[axis]);
  return strides;
}

std::optional<FileDType> npy::parse_descr(std::string_view descr) {
  if (descr.empty()) return std::nullopt;
  const auto* row =
      std::ranges::find(kDescr, descr.substr(1), &std::pair<std::string_view, FileDType>::first);
  if (row == kDescr.end()) return std::nullopt;
  return row->second;
}

}  // namespace ax
