#include "adapterx/io/tensors/numpy_objects.h"

#include <algorithm>
#include <array>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/io/tensors/npy_header.h"

namespace ax::numpy {
namespace {

using pickle::Kind;
using pickle::Ref;
using pickle::Value;

constexpr auto kRoles = std::to_array<std::pair<std::string_view, Role>>({
    {"numpy.core.multiarray._reconstruct", Role::reconstruct},
    {"numpy.core.numeric._frombuffer", Role::from_buffer},
    {"numpy.core.multiarray.scalar", Role::scalar},
    {"numpy.ndarray", Role::inert},
    {"numpy.dtype", Role::inert},
    {"_codecs.encode", Role::encode},
    {"builtins.bytes", Role::bytes},
    {"builtins.bytearray", Role::bytes},
    {"collections.OrderedDict", Role::ordered},
});

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace

std::optional<Role> find_role(std::string_view global) {
  std::string name(global);
  for (const auto& [from, to] : {std::pair<std::string_view, std::string_view>{"numpy._core.", "numpy.core."},
                                 {"__builtin__.", "builtins."}}) {
    if (name.starts_with(from)) name.replace(0, from.size(), to);
  }
  const auto* found = std::ranges::find(kRoles, name, &std::pair<std::string_view, Role>::first);
  if (found == kRoles.end()) return std::nullopt;
  return found->second;
}

Ref Objects::item(const std::string& where, Ref tuple, size_t index) const {
  const Value& v = document_[tuple];
  if (v.kind != Kind::tuple || index >= v.items.size()) {
    fail("{}: expected a tuple of more than {} items, got {} of {}", where, index, to_string(v.kind),
         v.items.size());
  }
  return v.items[index];
}

const Value& Objects::at(const std::string& where, Ref tuple, size_t index) const {
  return document_[item(where, tuple, index)];
}

Objects::Parts Objects::parts(const std::string& where, Ref ref) const {
  const Value& v = document_[ref];
  if (find_role(document_[v.callable].text) == Role::from_buffer) {
    const Value& order = at(where, v.args, 3);
    if (order.text != "C" && order.text != "F")
      fail("{}: expected order C or F, got `{}`", where, order.text);
    return {item(where, v.args, 2), item(where, v.args, 1), item(where, v.args, 0), order.text == "F"};
  }
  if (at(where, v.args, 0).text != "numpy.ndarray") {
    fail("{}: expected an array of type numpy.ndarray, got `{}`", where, at(where, v.args, 0).text);
  }
  const size_t first = document_[v.state].items.size() == 5 ? 1 : 0;  // after the version, which is new
  return {item(where, v.state, first), item(where, v.state, first + 1), item(where, v.state, first + 3),
          at(where, v.state, first + 2).integer != 0};
}

std::optional<FileDType> Objects::dtype(const std::string& where, Ref ref, std::string& name) const {
  const Value& v = document_[ref];
  if (v.kind != Kind::object || document_[v.callable].text != "numpy.dtype") {
    fail("{}: expected a type of NumPy, got {}", where, to_string(v.kind));
  }
  name = at(where, v.args, 0).text.substr(0, 100);
  const auto type = npy::parse_descr("|" + name);
  const std::string_view order = at(where, v.state, 1).text;
  if (type && order == ">" && size_of(*type) > 1) {
    fail("{}: expected little-endian data, got '{}{}'", where, order, name);
  }
  return type;
}

Shape Objects::shape(const std::string& where, Ref ref) const {
  std::vector<int64_t> dims;
  for (size_t i = 0; i < std::min<size_t>(document_[ref].items.size(), Shape::kMaxRank + 1); ++i) {
    const Value& v = at(where, ref, i);
    if (v.kind != Kind::integer) fail("{}: expected extents, got {}", where, to_string(v.kind));
    dims.push_back(v.integer);
  }
  if (document_[ref].kind != Kind::tuple)
    fail("{}: expected a shape, got {}", where, to_string(document_[ref].kind));
  return checked_shape(where, dims);
}

std::optional<TensorInfo> Objects::array(const std::string& where, Ref ref, std::string& type) {
  const Parts p = parts(where, ref);
  const auto known = dtype(where, p.type, type);
  if (!known) return std::nullopt;
  TensorInfo info{*known, shape(where, p.shape), bytes(where, p.data)};
  const size_t want = static_cast<size_t>(info.shape.size()) * size_of(*known);
  if (info.data.size() != want) {
    fail("{}: expected {} bytes for {} {}, got {}", where, want, type, to_string(info.shape),
         info.data.size());
  }
  if (p.fortran_order) info.strides = npy::fortran_strides(info.shape);
  return info;
}

std::optional<TensorInfo> Objects::scalar(const std::string& where, Ref ref, std::string& type) {
  const Ref args = document_[ref].args;
  const auto known = dtype(where, item(where, args, 0), type);
  if (!known) return std::nullopt;
  const auto data = bytes(where, item(where, args, 1));
  if (data.size() != size_of(*known)) {
    fail("{}: expected {} bytes for a number {}, got {}", where, size_of(*known), type, data.size());
  }
  return TensorInfo{*known, {}, data};
}

std::span<const std::byte> Objects::bytes(const std::string& where, Ref ref) {
  const Value& v = document_[ref];
  if (v.kind == Kind::bytes || v.kind == Kind::text) return bytes_of(v.text);
  const auto role = v.kind == Kind::object ? find_role(document_[v.callable].text) : std::nullopt;
  if (role != Role::encode && role != Role::bytes)
    fail("{}: expected bytes, got {}", where, to_string(v.kind));
  if (role == Role::bytes && document_[v.args].items.empty()) return {};
  const Value& text = at(where, v.args, 0);
  if (text.kind == Kind::bytes) return bytes_of(text.text);
  if (text.kind != Kind::text) fail("{}: expected bytes of a text, got {}", where, to_string(text.kind));
  const auto found = encoded_.find(ref);
  if (found != encoded_.end()) return found->second;
  return encoded_[ref] = encoded(where, text.text);
}

// Latin-1 of UTF-8.
std::span<const std::byte> Objects::encoded(const std::string& where, std::string_view text) {
  Buffer out(text.size());
  size_t size = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x80) {
      const unsigned char next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
      if ((c != 0xc2 && c != 0xc3) || (next & 0xc0) != 0x80) {
        fail("{}: expected bytes as letters of Latin-1, got {:#04x} at {}", where, c, i);
      }
      c = static_cast<unsigned char>((c & 3) << 6 | (next & 0x3f));
      ++i;
    }
    out.data()[size++] = std::byte{c};
  }
  owned_.push_back(std::move(out));
  return {owned_.back().data(), size};
}

}  // namespace ax::numpy
