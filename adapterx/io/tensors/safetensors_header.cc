#include "adapterx/io/tensors/safetensors_header.h"

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_set>
#include <utility>
#include <vector>

#include "adapterx/base/error.h"

namespace ax {
namespace {

using Json = nlohmann::json;
using safetensors::kMetadata;

// Watches a header go by before it is parsed: by default a duplicate name would win silently, and lists nest
// without bound. (The parser's own callbacks take time quadratic in the number of tensors.)
class HeaderWatch : public nlohmann::json_sax<Json> {
 public:
  explicit HeaderWatch(const std::string& file) : file_(file) {}

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(size_t) override { return start(); }
  bool start_array(size_t) override { return start(); }
  bool end_object() override { return --depth_ >= 0; }
  bool end_array() override { return --depth_ >= 0; }
  bool parse_error(size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

  bool key(string_t& name) override {
    if (!names_[static_cast<size_t>(depth_)].insert(name).second) {
      fail("{}: header: expected unique names, got `{}` twice", file_, name);
    }
    return true;
  }

 private:
  static constexpr int kMaxDepth = 3;  // header, tensor, list

  bool start() {
    if (depth_ >= kMaxDepth) fail("{}: header: expected at most {} levels, got more", file_, kMaxDepth);
    names_[static_cast<size_t>(++depth_)].clear();
    return true;
  }

  const std::string& file_;
  int depth_ = 0;
  std::array<std::unordered_set<std::string>, kMaxDepth + 1> names_;
};

Json parse_json(const std::string& file, const std::string& text) {
  HeaderWatch watch(file);
  try {
    Json::sax_parse(text, &watch);
    Json header = Json::parse(text);  // reports what the watch stopped at
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
  if (const auto dtype = parse_file_dtype(name)) return *dtype;
  fail("{}: dtype: expected F64, F32, F16, BF16, I64 ... BOOL, got {}", where, name);
}

Shape parse_shape(const std::string& where, const Json& tensor) {
  const std::vector<uint64_t> dims = integers(where, tensor, "shape");
  std::vector<int64_t> extents;
  for (const uint64_t d : dims) {
    extents.push_back(static_cast<int64_t>(std::min<uint64_t>(d, std::numeric_limits<int64_t>::max())));
  }
  return checked_shape(where, extents);
}

TensorInfo parse_tensor(const std::string& where, const Json& tensor, std::span<const std::byte> data) {
  if (!tensor.is_object()) fail("{}: expected an object, got {}", where, tensor.type_name());
  TensorInfo info{parse_dtype(where, tensor), parse_shape(where, tensor), {}, {}};
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

Json describe(const TensorInfo& tensor, size_t begin) {
  Json shape = Json::array();
  for (int axis = 0; axis < tensor.shape.rank(); ++axis) shape.push_back(tensor.shape[axis]);
  return {{"dtype", to_string(tensor.dtype)},
          {"shape", shape},
          {"data_offsets", {begin, begin + tensor.data.size()}}};
}

}  // namespace

safetensors::Header safetensors::parse_header(const std::string& file, const std::string& text,
                                              std::span<const std::byte> data) {
  Header header;
  const Json json = parse_json(file, text);
  for (const auto& [name, value] : json.items()) {
    if (name == kMetadata) {
      header.metadata = parse_metadata(file, value);
    } else {
      header.tensors.emplace(name, parse_tensor(file + ": " + name, value, data));
    }
  }
  check_cover(file, header.tensors, data);
  return header;
}

std::string safetensors::header_text(const std::string& file,
                                     std::span<const TensorMap::value_type* const> order,
                                     const MetadataMap& metadata) {
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
    fail("{}: names and metadata: expected UTF-8, got {}", file, e.what());
  }
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

}  // namespace ax
