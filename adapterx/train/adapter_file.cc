#include "adapterx/train/adapter_file.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "adapterx/base/error.h"
#include "adapterx/base/setting_list.h"
#include "adapterx/io/tensors/safetensors.h"
#include "adapterx/methods/method.h"
#include "adapterx/models/checkpoint/metadata_keys.h"

namespace ax {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;
constexpr const char* kVersionKey = "adapterx.version";
constexpr const char* kMethodKey = "adapterx.method";
constexpr const char* kTrainingKey = "adapterx.training";

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

MetadataMap metadata_of(const AdapterInfo& info) {
  MetadataMap m;
  info.model->write_metadata(*info.input, m);
  m[kVersionKey] = std::to_string(kVersion);
  m[kMethodKey] = text_of({{"name", info.method}, {"settings", info.settings}});
  m.merge(class_metadata(info.classes));
  if (info.backbone) {
    m[std::string(kBackboneKey)] = text_of({{"name", info.backbone->name}, {"hash", info.backbone->hash}});
  }
  m[kTrainingKey] = text_of(info.training);
  return m;
}

}  // namespace

MetadataMap class_metadata(const std::vector<std::string>& classes) {
  return {{std::string(kClassesKey), text_of(classes)}};
}

namespace {

class MetadataReader {
 public:
  explicit MetadataReader(const TensorFile& file) : file_(file) {}

  bool has(std::string_view key) const { return file_.metadata().contains(key); }

  template <class Read>
  void read(std::string_view key, const Read& read) const {
    const auto found = file_.metadata().find(key);
    if (found == file_.metadata().end())
      fail("{}: metadata `{}`: missing; is this an adapter?", file_.path(), key);
    try {
      read(Json::parse(found->second));
    } catch (const nlohmann::json::exception& error) {
      fail("{}: metadata `{}`: {}", file_.path(), key, error.what());
    }
  }

 private:
  const TensorFile& file_;
};

AdapterInfo read_info(const TensorFile& file) {
  const MetadataReader reader(file);
  AdapterInfo info;
  reader.read(kVersionKey, [&](const Json& j) {
    if (j.get<int>() == kVersion) return;
    fail("{}: expected an adapter file of version {}, got {}; was it written by a later adapterx?",
         file.path(), kVersion, j.get<int>());
  });
  reader.read(kMethodKey, [&](const Json& j) {
    j.at("name").get_to(info.method);
    j.at("settings").get_to(info.settings);
  });
  reader.read(kClassesKey, [&](const Json& j) { j.get_to(info.classes); });
  if (reader.has(kBackboneKey)) {
    reader.read(kBackboneKey, [&](const Json& j) {
      info.backbone = BackboneId{j.at("name").get<std::string>(), j.at("hash").get<std::string>()};
    });
  }
  reader.read(kTrainingKey, [&](const Json& j) { j.get_to(info.training); });
  const auto model = read_backbone_metadata(file);
  if (!model) fail("{}: metadata `{}`: missing; is this an adapter?", file.path(), kModelKey);
  info.model = model->backbone;
  info.input = model->input;
  if (std::ssize(info.classes) != info.model->classes()) {
    fail("{}: expected the names of {} classes, got {}", file.path(), info.model->classes(),
         info.classes.size());
  }
  return info;
}

void store(std::span<const float> values, FileDType dtype, std::vector<std::byte>& out) {
  out.resize(values.size() * size_of(dtype));
  if (dtype == FileDType::f32) {
    std::ranges::copy(std::as_bytes(values), out.begin());
    return;
  }
  auto* bf16 = reinterpret_cast<BF16*>(out.data());
  std::ranges::transform(values, bf16, to_bf16);
}

}  // namespace

std::vector<std::string> resolved_settings(const std::string& method, const std::vector<std::string>& given) {
  const std::vector<KeyValue> own = parse_key_values(given);
  const MethodDraft defaults = draft_method(method);
  std::vector<std::string> all;
  for (const Setting& s : defaults.settings) {
    const auto is_meant = [&](const KeyValue& pair) {
      return find_setting(defaults.settings, pair.key) == &s;
    };
    const auto found = std::ranges::find_if(own, is_meant);
    all.push_back(fmt::format("{}={}", s.short_name(), found != own.end() ? found->value : text_of(s)));
  }
  return all;
}

void save_adapter(const std::filesystem::path& path, const AdapterInfo& info,
                  const TrainedParameters& trained, std::span<const float> values) {
  TensorMap tensors;
  for (const TrainedParameters::Entry& e : trained.entries()) {
    tensors[e.name] = f32_tensor(e.shape, values.subspan(e.offset, e.size()));
  }
  write_safetensors(path, tensors, metadata_of(info));
}

AdapterFile open_adapter(const std::filesystem::path& path) {
  AdapterFile adapter;
  adapter.path = path.string();
  adapter.file = std::make_shared<const TensorFile>(read_safetensors(path));
  adapter.info = read_info(*adapter.file);
  adapter.bytes = adapter.file->file_size();
  return adapter;
}

WeightSource AdapterFile::source(WeightSource backbone) const {
  return [tensors = file, backbone = std::move(backbone)](std::string_view name, const Shape& shape,
                                                          std::span<float> out) {
    if (!tensors->contains(name)) return backbone && backbone(name, shape, out);
    const TensorInfo& tensor = tensors->at(name);
    if (tensor.shape != shape) {
      fail("{}: {}: expected {}, got {}", tensors->path(), name, to_string(shape), to_string(tensor.shape));
    }
    tensors->copy_f32(name, out);
    return true;
  };
}

void expect_backbone(const AdapterFile& adapter, const std::filesystem::path& weights,
                     const BackboneId& given) {
  if (!adapter.info.backbone || adapter.info.backbone->hash == given.hash) return;
  fail("{}: expected the backbone `{}` it was trained on (weights of hash {}), got {} ({})", adapter.path,
       adapter.info.backbone->name, adapter.info.backbone->hash, weights.string(), given.hash);
}

void load_values(const AdapterFile& adapter, const TrainedParameters& trained, std::span<float> values) {
  const WeightSource source = adapter.source({});
  for (const TrainedParameters::Entry& e : trained.entries()) {
    if (!source(e.name, e.shape, values.subspan(e.offset, e.size()))) {
      fail("{}: no tensor `{}`, which the method trains", adapter.path, e.name);
    }
  }
}

void save_backbone(const std::filesystem::path& path, const BackboneModel& model, const WeightSource& source,
                   FileDType dtype, const MetadataMap& metadata) {
  if (dtype != FileDType::f32 && dtype != FileDType::bf16) {
    fail("{}: expected dtype F32 or BF16, got {}", path.string(), to_string(dtype));
  }
  TensorMap tensors;
  std::map<std::string, std::vector<std::byte>> stored;
  std::vector<float> values;
  for (const auto& [name, shape] : model.backbone->parameters().all()) {
    values.resize(static_cast<size_t>(shape.size()));
    if (!source(name, shape, values)) fail("{}: {}: no value to save", path.string(), name);
    std::vector<std::byte>& bytes = stored[name];
    store(values, dtype, bytes);
    tensors[name] = {dtype, shape, bytes, {}};
  }
  MetadataMap all = metadata;
  model.backbone->write_metadata(*model.input, all);
  write_safetensors(path, tensors, all);
}

}  // namespace ax
