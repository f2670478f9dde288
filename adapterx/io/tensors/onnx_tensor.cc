#include "adapterx/io/tensors/onnx_tensor.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <protozero/pbf_reader.hpp>

#include "adapterx/base/error.h"

namespace ax::onnx {
namespace {

namespace fs = std::filesystem;

// TensorProto's fields of numbers.
enum Field : uint32_t { kNone = 0, kFloat = 4, kInt32 = 5, kInt64 = 7, kDouble = 10, kUint64 = 11 };

struct Type {
  std::string_view name;
  FileDType dtype = FileDType::other;
  Field field = kNone;
};

// TensorProto.DataType, in its order.
constexpr std::array<Type, 27> kTypes = {{{"UNDEFINED"},
                                          {"FLOAT", FileDType::f32, kFloat},
                                          {"UINT8", FileDType::u8, kInt32},
                                          {"INT8", FileDType::i8, kInt32},
                                          {"UINT16", FileDType::u16, kInt32},
                                          {"INT16", FileDType::i16, kInt32},
                                          {"INT32", FileDType::i32, kInt32},
                                          {"INT64", FileDType::i64, kInt64},
                                          {"STRING"},
                                          {"BOOL", FileDType::boolean, kInt32},
                                          {"FLOAT16", FileDType::f16, kInt32},
                                          {"DOUBLE", FileDType::f64, kDouble},
                                          {"UINT32", FileDType::u32, kUint64},
                                          {"UINT64", FileDType::u64, kUint64},
                                          {"COMPLEX64", FileDType::complex64, kFloat},
                                          {"COMPLEX128", FileDType::complex128, kDouble},
                                          {"BFLOAT16", FileDType::bf16, kInt32},
                                          {"FLOAT8E4M3FN", FileDType::f8_e4m3, kInt32},
                                          {"FLOAT8E4M3FNUZ"},
                                          {"FLOAT8E5M2", FileDType::f8_e5m2, kInt32},
                                          {"FLOAT8E5M2FNUZ"},
                                          {"UINT4"},
                                          {"INT4"},
                                          {"FLOAT4E2M1"},
                                          {"FLOAT8E8M0"},
                                          {"UINT2"},
                                          {"INT2"}}};
constexpr Type kLaterType = {"a type of later versions of ONNX"};

const Type& type_of(int32_t data_type) {
  if (data_type < 0 || static_cast<size_t>(data_type) >= kTypes.size()) return kLaterType;
  return kTypes[static_cast<size_t>(data_type)];
}

// A decimal number of an entry of external_data.
uint64_t number(const std::string& where, std::string_view what, std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    fail("{}: external data: {}: expected a number of bytes, got `{}`", where, what, text.substr(0, 40));
  }
  return value;
}

// The path of external data. Its name may not lead out of the folder; what links in the folder point to is
// the user's.
fs::path path_beside(const std::string& where, const std::string& file, std::string_view location) {
  const fs::path relative(location);
  const bool leaves =
      relative.is_absolute() || std::ranges::any_of(relative, [](const auto& part) { return part == ".."; });
  if (location.empty() || leaves || location.find('\0') != location.npos) {
    fail("{}: external data: expected a file below the folder of the ONNX file, got `{}`", where,
         location.substr(0, 200));
  }
  return fs::path(file).parent_path() / relative;
}

// The numbers of a typed field one after the other, in elements of `size` bytes.
class Filler {
 public:
  Filler(std::span<std::byte> out, size_t size) : out_(out), size_(size) {}

  // The low bytes of a number. False where there is no more room.
  bool add(const void* number) {
    if (out_.size() - at_ < size_) return false;
    std::memcpy(out_.data() + at_, number, size_);
    at_ += size_;
    return true;
  }
  bool full() const { return at_ == out_.size(); }

 private:
  std::span<std::byte> out_;
  size_t size_, at_ = 0;
};

template <class Numbers>
bool add_all(Filler& out, const Numbers& numbers) {
  for (const auto x : numbers) {
    if (!out.add(&x)) return false;
  }
  return true;
}

// One occurrence of the field, packed or of a single number.
bool add_numbers(Filler& out, Field field, protozero::pbf_reader& message) {
  const bool packed = message.has_wire_type(protozero::pbf_wire_type::length_delimited);
  const auto add = [&](auto x) { return out.add(&x); };
  if (field == kFloat) {
    if (packed) return add_all(out, message.get_packed_float());
    if (message.has_wire_type(protozero::pbf_wire_type::fixed32)) return add(message.get_float());
  } else if (field == kDouble) {
    if (packed) return add_all(out, message.get_packed_double());
    if (message.has_wire_type(protozero::pbf_wire_type::fixed64)) return add(message.get_double());
  } else {
    if (packed) return add_all(out, message.get_packed_uint64());
    if (message.has_wire_type(protozero::pbf_wire_type::varint)) return add(message.get_uint64());
  }
  message.skip();
  return true;
}

}  // namespace

bool is_float(int32_t data_type) {
  constexpr std::array kFloats = {FileDType::f64, FileDType::f32, FileDType::f16, FileDType::bf16};
  return std::ranges::count(kFloats, type_of(data_type).dtype) > 0;
}

TensorInfo TensorReader::read(const std::string& name, const TensorMessage& tensor) {
  const std::string where = fmt::format("{}: {}", file_.name(), name);
  const Type& type = type_of(tensor.data_type);
  TensorInfo info{type.dtype, checked_shape(where, tensor.dims), {}};
  if (type.dtype == FileDType::other) {
    info.other_type = type.name;
    return info;
  }
  if (tensor.is_segment) fail("{}: expected a whole tensor, got a segment of one", where);
  const uint64_t bytes = static_cast<uint64_t>(info.shape.size()) * size_of(info.dtype);
  if (bytes == 0) return info;
  if (tensor.is_external) {
    info.data = external(where, tensor, bytes);
  } else if (tensor.raw_data) {
    info.data = std::as_bytes(std::span(*tensor.raw_data));
  } else {
    info.data = typed(where, tensor, info, type.field);
  }
  if (info.data.size() != bytes) {
    fail("{}: expected {} bytes for {} {}, got {}", where, bytes, type.name, to_string(info.shape),
         info.data.size());
  }
  return info;
}

std::vector<FileBytes> TensorReader::take_beside() {
  std::vector<FileBytes> files;
  for (auto& entry : beside_) files.push_back(std::move(entry.second));
  return files;
}

std::span<const std::byte> TensorReader::external(const std::string& where, const TensorMessage& tensor,
                                                  uint64_t bytes) {
  const fs::path path = path_beside(where, file_.name(), tensor.location);
  auto found = beside_.find(tensor.location);
  if (found == beside_.end()) {
    if (!fs::exists(path)) {
      fail("{}: expected its values in {} beside the ONNX file, got no such file", where, path.string());
    }
    found = beside_.emplace(tensor.location, FileBytes::map(path)).first;
  }
  const uint64_t offset = tensor.offset.empty() ? 0 : number(where, "offset", tensor.offset);
  const uint64_t length = tensor.length.empty() ? bytes : number(where, "length", tensor.length);
  const uint64_t size = found->second.size();
  if (offset > size || length > size - offset) {
    fail("{}: expected {} bytes from {} on in {}, got a file of {}; is it whole?", where, length, offset,
         path.string(), size);
  }
  return found->second.bytes().subspan(offset, length);
}

std::span<const std::byte> TensorReader::typed(const std::string& where, const TensorMessage& tensor,
                                               const TensorInfo& info, uint32_t field) {
  const bool is_complex = info.dtype == FileDType::complex64 || info.dtype == FileDType::complex128;
  const int64_t count = info.shape.size() * (is_complex ? 2 : 1);
  const auto fail_count = [&](std::string_view got) {
    fail("{}: expected {} numbers for {} {}, got {}", where, count, to_string(info.dtype),
         to_string(info.shape), got);
  };
  // Before any memory is asked for: a number has a byte in the file or more.
  if (static_cast<uint64_t>(count) > tensor.message.size()) fail_count("fewer");
  Buffer values(static_cast<size_t>(info.shape.size()) * size_of(info.dtype));
  Filler out({values.data(), values.size()}, size_of(info.dtype) / (is_complex ? 2 : 1));
  for (protozero::pbf_reader r(tensor.message.data(), tensor.message.size()); r.next(field);) {
    if (!add_numbers(out, static_cast<Field>(field), r)) fail_count("more");
  }
  if (!out.full()) fail_count("fewer");
  owned_.push_back(std::move(values));
  return {owned_.back().data(), owned_.back().size()};
}

}  // namespace ax::onnx
