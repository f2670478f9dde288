#include "adapterx/io/tensors/safetensors.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/io/atomic_file.h"
#include "adapterx/io/tensors/safetensors_header.h"

namespace ax {
namespace {

constexpr uint64_t kMaxHeader = 100'000'000;  // the limit of the reference reader

void check_data(const std::string& file, const std::string& name, const TensorInfo& tensor) {
  const size_t bytes = static_cast<size_t>(tensor.shape.size()) * size_of(tensor.dtype);
  if (name == safetensors::kMetadata) fail("{}: `{}` cannot name a tensor", file, name);
  if (tensor.dtype == FileDType::other) {
    fail("{}: {}: expected a type of safetensors, got {}", file, name, tensor.type_text());
  }
  if (tensor.data.size() != bytes || !tensor.strides.empty()) {
    fail("{}: {}: expected {} bytes without strides for {} {}, got {}{}", file, name, bytes,
         to_string(tensor.dtype), to_string(tensor.shape), tensor.data.size(),
         tensor.strides.empty() ? "" : " with strides");
  }
}

}  // namespace

TensorFile read_safetensors(const FileBytes& file) {
  const std::span<const std::byte> bytes = file.bytes();
  uint64_t length = 0;
  if (bytes.size() < sizeof length) {
    fail("{}: expected at least 8 bytes, got {}", file.name(), bytes.size());
  }
  std::memcpy(&length, bytes.data(), sizeof length);
  const uint64_t most = std::min<uint64_t>(kMaxHeader, bytes.size() - sizeof length);
  if (length > most) {
    fail("{}: expected a header of at most {} bytes, got {}; is this a whole safetensors file?", file.name(),
         most, length);
  }
  const std::string text(reinterpret_cast<const char*>(bytes.data()) + sizeof length, length);
  safetensors::Header header =
      safetensors::parse_header(file.name(), text, bytes.subspan(sizeof length + length));
  return TensorFile(file, "safetensors", std::move(header.tensors), std::move(header.metadata));
}

TensorFile read_safetensors(const std::filesystem::path& path) {
  return read_safetensors(FileBytes::map(path));
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
