#include "adapterx/io/safetensors.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>
#include <utility>

#include "adapterx/base/bf16.h"
#include "adapterx/base/error.h"

namespace ax {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors data are little-endian");

using Json = nlohmann::json;

constexpr uint64_t kMaxHeader = 100'000'000;  // the limit of the reference reader
constexpr std::string_view kMetadata = "__metadata__";

struct DTypeRow {
  FileDType dtype;
  std::string_view name;
  size_t size;
};
constexpr std::array<DTypeRow, 10> kDTypes = {{{FileDType::f64, "F64", 8},
                                               {FileDType::f32, "F32", 4},
                                               {FileDType::f16, "F16", 2},
                                               {FileDType::bf16, "BF16", 2},
                                               {FileDType::i64, "I64", 8},
                                               {FileDType::i32, "I32", 4},
                                               {FileDType::i16, "I16", 2},
                                               {FileDType::i8, "I8", 1},
                                               {FileDType::u8, "U8", 1},
                                               {FileDType::boolean, "BOOL", 1}}};

// ---- Reading

// Parses the header; the default parser would let a duplicate name win silently and nest without bound.
Json parse_header(const std::string& file, const std::string& text) {
  constexpr int kMaxDepth = 3;  // header, tensor, list
  std::array<std::set<std::string>, kMaxDepth + 1> names;
  const auto watch = [&](int depth, Json::parse_event_t event, const Json& value) {
    using Event = Json::parse_event_t;
    if (event == Event::object_start || event == Event::array_start) {
      if (depth >= kMaxDepth) fail("{}: header: expected at most {} levels, got more", file, kMaxDepth);
      names[static_cast<size_t>(depth) + 1].clear();
    }
    if (event == Event::key && !names[static_cast<size_t>(depth)].insert(value.get<std::string>()).second) {
      fail("{}: header: expected unique names, got `{}` twice", file, value.get<std::string>());
    }
    return true;
  };
  try {
    const Json header = Json::parse(text, watch);
    if (!header.is_object()) fail("{}: header: expected an object, got {}", file, header.type_name());
    return header;
  } catch (const Json::exception& e) {
    fail("{}: header: expected JSON, got {}", file, e.what());
  }
}

MetadataMap parse_metadata(const std::string& file, const Json& json) {
  if (!json.is_object()) fail("{}: {}: expected an object, got {}", file, kMetadata, json.type_name());
  MetadataMap metadata;
  for (const auto& [key, value] : json.items()) {
    if (!value.is_string()) {
      fail("{}: {}: {}: expected a string, got {}", file, kMetadata, key, value.type_name());
    }
    metadata.emplace(key, value.get<std::string>());
  }
  return metadata;
}

// The list of non-negative integers under `key`.
std::vector<uint64_t> integers(const std::string& where, const Json& tensor, const char* key) {
  const auto found = tensor.find(key);
  if (found == tensor.end() || !found->is_array()) {
    fail("{}: {}: expected a list, got {}", where, key,
         found == tensor.end() ? "nothing" : found->type_name());
  }
  std::vector<uint64_t> values;
  for (const Json& value : *found) {
    if (!value.is_number_unsigned()) {
      fail("{}: {}: expected non-negative integers, got {}", where, key, value.dump());
    }
    values.push_back(value.get<uint64_t>());
  }
  return values;
}

FileDType parse_dtype(const std::string& where, const Json& tensor) {
  const auto found = tensor.find("dtype");
  if (found == tensor.end() || !found->is_string()) {
    fail("{}: dtype: expected a string, got {}", where,
         found == tensor.end() ? "nothing" : found->type_name());
  }
  const std::string name = found->get<std::string>();
  const auto* row = std::ranges::find(kDTypes, name, &DTypeRow::name);
  if (row == kDTypes.end()) {
    fail("{}: dtype: expected F64, F32, F16, BF16, I64, I32, I16, I8, U8 or BOOL, got {}", where, name);
  }
  return row->dtype;
}

Shape parse_shape(const std::string& where, const Json& tensor) {
  const std::vector<uint64_t> dims = integers(where, tensor, "shape");
  if (dims.size() > static_cast<size_t>(Shape::kMaxRank)) {
    fail("{}: shape: expected a rank of at most {}, got {}", where, Shape::kMaxRank, dims.size());
  }
  Shape shape;
  uint64_t size = 1;
  for (const uint64_t d : dims) {
    constexpr uint64_t kLimit = std::numeric_limits<int64_t>::max() / 8;  // in bytes, of any dtype
    if (d > kLimit || (d != 0 && size > kLimit / d)) {
      fail("{}: shape: expected a size that fits memory, got {}", where, tensor["shape"].dump());
    }
    size *= d;
    shape.append(static_cast<int64_t>(d));
  }
  return shape;
}

TensorInfo parse_tensor(const std::string& where, const Json& tensor, std::span<const std::byte> data) {
  if (!tensor.is_object()) fail("{}: expected an object, got {}", where, tensor.type_name());
  TensorInfo info{parse_dtype(where, tensor), parse_shape(where, tensor), {}};
  const std::vector<uint64_t> offsets = integers(where, tensor, "data_offsets");
  if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > data.size()) {
    fail("{}: data_offsets: expected [begin, end] within {} bytes, got {}", where, data.size(),
         tensor["data_offsets"].dump());
  }
  const uint64_t bytes = static_cast<uint64_t>(info.shape.size()) * size_of(info.dtype);
  if (offsets[1] - offsets[0] != bytes) {
    fail("{}: data_offsets: expected {} bytes for {} {}, got {}", where, bytes, to_string(info.dtype),
         to_string(info.shape), offsets[1] - offsets[0]);
  }
  info.data = data.subspan(offsets[0], bytes);
  return info;
}

// The format wants the tensors, in order of their offsets, to cover the data exactly.
void check_cover(const std::string& file, const TensorMap& tensors, std::span<const std::byte> data) {
  std::vector<const TensorMap::value_type*> order;
  for (const auto& entry : tensors) order.push_back(&entry);
  const auto begin = [&](const auto* e) { return e->second.data.data() - data.data(); };
  std::ranges::sort(order, {}, [&](const auto* e) { return std::pair(begin(e), e->second.data.size()); });
  ptrdiff_t end = 0;
  for (const auto* entry : order) {
    if (begin(entry) != end) {
      fail("{}: {}: expected data at offset {}, got {} ({})", file, entry->first, end, begin(entry),
           begin(entry) < end ? "tensors overlap" : "a gap between tensors");
    }
    end += static_cast<ptrdiff_t>(entry->second.data.size());
  }
  if (static_cast<size_t>(end) != data.size()) {
    fail("{}: expected {} bytes of data, got {} (a truncated header or trailing bytes)", file, end,
         data.size());
  }
}

// ---- Conversion to float

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

// ---- Writing

// A new file beside `path` that becomes `path` on commit() and vanishes otherwise.
class AtomicFile {
 public:
  explicit AtomicFile(const std::filesystem::path& path) : path_(path) {
    static std::atomic<int> count{0};
    do {  // a crashed process of our id may have left a file: take the next name
      temporary_ = path.string() + fmt::format(".tmp{}-{}", ::getpid(), count++);
      fd_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    } while (fd_ < 0 && errno == EEXIST);
    if (fd_ < 0) fail_errno("create");
  }
  ~AtomicFile() {
    if (fd_ >= 0) ::close(fd_);
    if (!committed_) ::unlink(temporary_.c_str());
  }
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(const void* data, size_t size) {
    const char* p = static_cast<const char*>(data);
    while (size > 0) {
      const ssize_t n = ::write(fd_, p, size);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) fail_errno("write");
      p += n;
      size -= static_cast<size_t>(n);
    }
  }

  void commit() {
    if (::fsync(fd_) != 0) fail_errno("sync");
    if (::close(std::exchange(fd_, -1)) != 0) fail_errno("close");
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail_errno("rename");
    committed_ = true;
    const std::filesystem::path folder = path_.has_parent_path() ? path_.parent_path() : ".";
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;  // a folder we may not read: the rename stands
    ::fsync(fd);
    ::close(fd);
  }

 private:
  [[noreturn]] void fail_errno(std::string_view what) const {
    fail("{}: cannot {}: {}", path_.string(), what, std::strerror(errno));
  }

  std::filesystem::path path_;
  std::string temporary_;
  int fd_ = -1;
  bool committed_ = false;
};

void check_data(const std::string& file, const std::string& name, const TensorInfo& tensor) {
  const size_t bytes = static_cast<size_t>(tensor.shape.size()) * size_of(tensor.dtype);
  if (name == kMetadata) fail("{}: `{}` cannot name a tensor", file, name);
  if (tensor.data.size() != bytes) {
    fail("{}: {}: expected {} bytes for {} {}, got {}", file, name, bytes, to_string(tensor.dtype),
         to_string(tensor.shape), tensor.data.size());
  }
}

Json describe(const TensorInfo& tensor, size_t begin) {
  Json shape = Json::array();
  for (int axis = 0; axis < tensor.shape.rank(); ++axis) shape.push_back(tensor.shape[axis]);
  return {{"dtype", to_string(tensor.dtype)},
          {"shape", shape},
          {"data_offsets", {begin, begin + tensor.data.size()}}};
}

}  // namespace

size_t size_of(FileDType t) { return kDTypes[static_cast<size_t>(t)].size; }
std::string_view to_string(FileDType t) { return kDTypes[static_cast<size_t>(t)].name; }

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
  const Json header = parse_header(file, text);
  for (const auto& [name, value] : header.items()) {
    if (name == kMetadata) {
      result.metadata_ = parse_metadata(file, value);
    } else {
      result.tensors_.emplace(name, parse_tensor(file + ": " + name, value, data));
    }
  }
  check_cover(file, result.tensors_, data);
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

  Json header = Json::object();
  if (!metadata.empty()) header[std::string(kMetadata)] = metadata;
  size_t end = 0;
  for (const auto* entry : order) {
    header[entry->first] = describe(entry->second, end);
    end += entry->second.data.size();
  }
  std::string text;
  try {
    text = header.dump();
  } catch (const Json::exception& e) {
    fail("{}: names and metadata: expected UTF-8, got {}", path.string(), e.what());
  }
  text.resize((text.size() + 7) / 8 * 8, ' ');

  AtomicFile out(path);
  const uint64_t length = text.size();
  out.write(&length, sizeof length);
  out.write(text.data(), text.size());
  for (const auto* entry : order) out.write(entry->second.data.data(), entry->second.data.size());
  out.commit();
}

}  // namespace ax
