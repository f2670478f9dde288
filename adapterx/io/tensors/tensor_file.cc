#include "adapterx/io/tensors/tensor_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <utility>

#include "adapterx/base/bf16.h"
#include "adapterx/base/error.h"

namespace ax {
namespace {

static_assert(std::endian::native == std::endian::little, "files hold little-endian data");

struct DTypeRow {
  std::string_view name;
  size_t size;
};
constexpr std::array<DTypeRow, 18> kDTypes = {{{"F64", 8},
                                               {"F32", 4},
                                               {"F16", 2},
                                               {"BF16", 2},
                                               {"F8_E4M3", 1},
                                               {"F8_E5M2", 1},
                                               {"I64", 8},
                                               {"I32", 4},
                                               {"I16", 2},
                                               {"I8", 1},
                                               {"U64", 8},
                                               {"U32", 4},
                                               {"U16", 2},
                                               {"U8", 1},
                                               {"BOOL", 1},
                                               {"C64", 8},
                                               {"C128", 16},
                                               {"OTHER", 0}}};

float from_half(uint16_t h) {
  const uint32_t sign = static_cast<uint32_t>(h & 0x8000u) << 16;
  const uint32_t exponent = (h >> 10) & 31u, fraction = h & 1023u;
  if (exponent == 0) {  // zero or subnormal: fraction * 2^-24, exact
    return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(static_cast<float>(fraction) * 0x1p-24f));
  }
  const uint32_t rebased = exponent == 31 ? 255 : exponent + 127 - 15;
  return std::bit_cast<float>(sign | rebased << 23 | fraction << 13);
}

// Walks the elements in row-major order; `stride` in elements between those of the last axis.
template <class Stored, class Out, class Convert>
void copy_axis(const TensorInfo& t, int axis, const std::byte* data, Out*& out, const Convert& to_out) {
  const int64_t stride = t.strides[static_cast<size_t>(axis)] * static_cast<int64_t>(sizeof(Stored));
  for (int64_t i = 0; i < t.shape[axis]; ++i, data += stride) {
    if (axis + 1 < t.shape.rank()) {
      copy_axis<Stored>(t, axis + 1, data, out, to_out);
      continue;
    }
    Stored value;
    std::memcpy(&value, data, sizeof(Stored));
    *out++ = to_out(value);
  }
}

template <class Stored, class Out, class Convert>
void convert(const TensorInfo& t, std::span<Out> out, const Convert& to_out) {
  if (out.empty()) return;
  Out* p = out.data();
  if (!t.strides.empty()) return copy_axis<Stored>(t, 0, t.data.data(), p, to_out);
  if constexpr (std::is_same_v<Stored, Out>) {
    std::memcpy(p, t.data.data(), out.size_bytes());
  } else {
    for (size_t i = 0; i < out.size(); ++i) {
      Stored value;
      std::memcpy(&value, t.data.data() + i * sizeof(Stored), sizeof(Stored));
      p[i] = to_out(value);
    }
  }
}

template <class Stored>
void convert_integers(const TensorInfo& t, std::span<int64_t> out) {
  convert<Stored>(t, out, [](Stored x) { return static_cast<int64_t>(x); });
}

void check_size(const std::string& where, const TensorInfo& tensor, size_t size) {
  if (static_cast<int64_t>(size) != tensor.shape.size()) {
    fail("{}: expected {} values, got {}", where, size, to_string(tensor.shape));
  }
}

}  // namespace

size_t size_of(FileDType t) { return kDTypes[static_cast<size_t>(t)].size; }
std::string_view to_string(FileDType t) { return kDTypes[static_cast<size_t>(t)].name; }

std::optional<FileDType> parse_file_dtype(std::string_view name) {
  const auto* row = std::ranges::find(kDTypes, name, &DTypeRow::name);
  if (row == kDTypes.end() || row->size == 0) return std::nullopt;
  return static_cast<FileDType>(row - kDTypes.begin());
}

TensorInfo f32_tensor(const Shape& shape, std::span<const float> values) {
  if (static_cast<int64_t>(values.size()) != shape.size()) {
    fail("tensor of shape {}: expected {} values, got {}", to_string(shape), shape.size(), values.size());
  }
  return {FileDType::f32, shape, std::as_bytes(values)};
}

void copy_f32(const std::string& where, const TensorInfo& tensor, std::span<float> out) {
  check_size(where, tensor, out.size());
  switch (tensor.dtype) {
    case FileDType::f32:
      return convert<float>(tensor, out, [](float x) { return x; });
    case FileDType::f64:
      return convert<double>(tensor, out, [](double x) { return static_cast<float>(x); });
    case FileDType::f16:
      return convert<uint16_t>(tensor, out, from_half);
    case FileDType::bf16:
      return convert<BF16>(tensor, out, [](BF16 x) { return to_float(x); });
    default:
      fail("{}: expected F32, F16, BF16 or F64, got {}", where, tensor.type_text());
  }
}

void copy_i64(const std::string& where, const TensorInfo& tensor, std::span<int64_t> out) {
  check_size(where, tensor, out.size());
  switch (tensor.dtype) {
    case FileDType::i64:
      return convert_integers<int64_t>(tensor, out);
    case FileDType::i32:
      return convert_integers<int32_t>(tensor, out);
    case FileDType::i16:
      return convert_integers<int16_t>(tensor, out);
    case FileDType::i8:
      return convert_integers<int8_t>(tensor, out);
    case FileDType::u64:
      return convert<uint64_t>(tensor, out, [&](uint64_t x) {
        if (x >> 63 != 0) fail("{}: expected values below 2^63, got {}", where, x);
        return static_cast<int64_t>(x);
      });
    case FileDType::u32:
      return convert_integers<uint32_t>(tensor, out);
    case FileDType::u16:
      return convert_integers<uint16_t>(tensor, out);
    case FileDType::u8:
    case FileDType::boolean:
      return convert_integers<uint8_t>(tensor, out);
    default:
      fail("{}: expected integers, got {}", where, tensor.type_text());
  }
}

Shape checked_shape(const std::string& where, std::span<const int64_t> dims) {
  constexpr int64_t kLimit = std::numeric_limits<int64_t>::max() / 16;  // in bytes, of any dtype
  if (dims.size() > static_cast<size_t>(Shape::kMaxRank)) {
    fail("{}: shape: expected a rank of at most {}, got {}", where, Shape::kMaxRank, dims.size());
  }
  Shape shape;
  int64_t size = 1;
  for (const int64_t d : dims) {
    if (d < 0) fail("{}: shape: expected no negative extent, got {}", where, d);
    if (d > kLimit || size > kLimit / std::max<int64_t>(d, 1)) {
      fail("{}: shape: expected a size that fits memory, got [{}]", where, fmt::join(dims, ", "));
    }
    size *= std::max<int64_t>(d, 1);  // an empty tensor's other extents are bounded, too
    shape.append(d);
  }
  return shape;
}

TensorFile::TensorFile(FileBytes bytes, std::string format, TensorMap tensors, MetadataMap metadata,
                       std::vector<Buffer> owned, std::vector<FileBytes> beside)
    : bytes_(std::move(bytes)),
      format_(std::move(format)),
      tensors_(std::move(tensors)),
      metadata_(std::move(metadata)),
      owned_(std::move(owned)),
      beside_(std::move(beside)) {}

const TensorInfo& TensorFile::at(std::string_view name) const {
  const auto found = tensors_.find(name);
  if (found != tensors_.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& entry : tensors_) names.push_back(entry.first);
  fail("{}: {}: expected a tensor, got none of this name{}", path(), name, did_you_mean(name, names));
}

void TensorFile::release(std::string_view name) const {
  const std::span<const std::byte> data = at(name).data;
  bytes_.release(data);
  for (const FileBytes& file : beside_) file.release(data);
}

void TensorFile::copy_f32(std::string_view name, std::span<float> out) const {
  ax::copy_f32(fmt::format("{}: {}", path(), name), at(name), out);
}

std::vector<float> TensorFile::f32(std::string_view name) const {
  std::vector<float> values(static_cast<size_t>(at(name).shape.size()));
  copy_f32(name, values);
  return values;
}

std::vector<int64_t> TensorFile::i64(std::string_view name) const {
  std::vector<int64_t> values(static_cast<size_t>(at(name).shape.size()));
  copy_i64(fmt::format("{}: {}", path(), name), at(name), values);
  return values;
}

}  // namespace ax
