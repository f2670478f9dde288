#include "adapterx/io/safetensors.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <system_error>
#include <utility>

#include "adapterx/base/bf16.h"
#include "adapterx/base/error.h"
#include "adapterx/io/atomic_file.h"
#include "adapterx/io/safetensors_header.h"

namespace ax {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors data are little-endian");

constexpr uint64_t kMaxHeader = 100'000'000;  // the limit of the reference reader

float from_half(uint16_t h) {
  const uint32_t sign = static_cast<uint32_t>(h & 0x8000u) << 16;
  const uint32_t exponent = (h >> 10) & 31u, fraction = h & 1023u;
  if (exponent == 0) {  // zero or subnormal: fraction * 2^-24, exact
    return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(static_cast<float>(fraction) * 0x1p-24f));
  }
  const uint32_t rebased = exponent == 31 ? 255 : exponent + 127 - 15;
  return std::bit_cast<float>(sign | rebased << 23 | fraction << 13);
}

template <class Stored, class Convert>
void convert(std::span<const std::byte> data, std::span<float> out, const Convert& to_f32) {
  for (size_t i = 0; i < out.size(); ++i) {
    Stored value;
    std::memcpy(&value, data.data() + i * sizeof(Stored), sizeof(Stored));
    out[i] = to_f32(value);
  }
}

void check_data(const std::string& file, const std::string& name, const TensorInfo& tensor) {
  const size_t bytes = static_cast<size_t>(tensor.shape.size()) * size_of(tensor.dtype);
  if (name == safetensors::kMetadata) fail("{}: `{}` cannot name a tensor", file, name);
  if (tensor.data.size() != bytes) {
    fail("{}: {}: expected {} bytes for {} {}, got {}", file, name, bytes, to_string(tensor.dtype),
         to_string(tensor.shape), tensor.data.size());
  }
}

}  // namespace

TensorInfo f32_tensor(const Shape& shape, std::span<const float> values) {
  if (static_cast<int64_t>(values.size()) != shape.size()) {
    fail("tensor of shape {}: expected {} values, got {}", to_string(shape), shape.size(), values.size());
  }
  return {FileDType::f32, shape, std::as_bytes(values)};
}

Safetensors Safetensors::read(const std::filesystem::path& path) {
  Safetensors result;
  const std::string& file = result.path_ = path.string();
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    fail("{}: expected a file, got {}", file, error ? error.message() : "something else");
  }
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in) fail("{}: cannot open: {}", file, std::strerror(errno));
  const auto file_size = static_cast<uint64_t>(in.tellg());
  uint64_t length = 0;
  in.seekg(0);
  if (!in.read(reinterpret_cast<char*>(&length), sizeof length)) {
    fail("{}: expected at least 8 bytes, got {}", file, file_size);
  }
  if (length > std::min(kMaxHeader, file_size - sizeof length)) {
    fail("{}: expected a header of at most {} bytes, got {}; is this a safetensors file?", file,
         std::min(kMaxHeader, file_size - sizeof length), length);
  }
  std::string text(length, '\0');
  const uint64_t data_size = file_size - sizeof length - length;
  result.data_ = Buffer(data_size);
  if (!in.read(text.data(), static_cast<std::streamsize>(length)) ||
      !in.read(result.data_.as<char>(), static_cast<std::streamsize>(data_size))) {
    fail("{}: cannot read the file's {} bytes", file, file_size);
  }
  const std::span<const std::byte> data(result.data_.data(), data_size);
  safetensors::Header header = safetensors::parse_header(file, text, data);
  result.tensors_ = std::move(header.tensors);
  result.metadata_ = std::move(header.metadata);
  return result;
}

const TensorInfo& Safetensors::at(std::string_view name) const {
  const auto found = tensors_.find(name);
  if (found != tensors_.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& entry : tensors_) names.push_back(entry.first);
  fail("{}: {}: expected a tensor, got none of this name{}", path_, name, did_you_mean(name, names));
}

void Safetensors::copy_f32(std::string_view name, std::span<float> out) const {
  const TensorInfo& tensor = at(name);
  if (static_cast<int64_t>(out.size()) != tensor.shape.size()) {
    fail("{}: {}: expected {} values, got {}", path_, name, out.size(), to_string(tensor.shape));
  }
  switch (tensor.dtype) {
    case FileDType::f32:
      return convert<float>(tensor.data, out, [](float x) { return x; });
    case FileDType::f64:
      return convert<double>(tensor.data, out, [](double x) { return static_cast<float>(x); });
    case FileDType::f16:
      return convert<uint16_t>(tensor.data, out, from_half);
    case FileDType::bf16:
      return convert<BF16>(tensor.data, out, [](BF16 x) { return to_float(x); });
    default:
      fail("{}: {}: expected a floating dtype, got {}", path_, name, to_string(tensor.dtype));
  }
}

std::vector<float> Safetensors::f32(std::string_view name) const {
  std::vector<float> values(static_cast<size_t>(at(name).shape.size()));
  copy_f32(name, values);
  return values;
}

void write_safetensors(const std::filesystem::path& path, const TensorMap& tensors,
                       const MetadataMap& metadata) {
  std::vector<const TensorMap::value_type*> order;
  for (const auto& entry : tensors) {
    check_data(path.string(), entry.first, entry.second);
    order.push_back(&entry);
  }
  std::ranges::stable_sort(order, std::greater<>(), [](const auto* e) { return size_of(e->second.dtype); });

  const std::string text = safetensors::header_text(path.string(), order, metadata);
  AtomicFile out(path);
  const uint64_t length = text.size();
  out.write(&length, sizeof length);
  out.write(text.data(), text.size());
  for (const auto* entry : order) out.write(entry->second.data.data(), entry->second.data.size());
  out.commit();
}

}  // namespace ax
