#include "adapterx/models/vit/vit_metadata.h"

#include <nlohmann/json.hpp>
#include <string>

#include "adapterx/base/error.h"
#include "adapterx/models/checkpoint/metadata_keys.h"

namespace ax {
namespace {

using Json = nlohmann::ordered_json;

// Calls visit(key, field) for each field: one list for both directions.
template <class Config, class Visit>
void visit_numbers(Config& c, const Visit& visit) {
  visit("image_size", c.image_size);
  visit("patch_size", c.patch_size);
  visit("channels", c.channels);
  visit("width", c.width);
  visit("depth", c.depth);
  visit("heads", c.heads);
  visit("mlp_ratio", c.mlp_ratio);
  visit("classes", c.classes);
  visit("norm_eps", c.norm_eps);
  visit("qkv_bias", c.qkv_bias);
  visit("patch_bias", c.patch_bias);
  visit("pre_norm", c.pre_norm);
  visit("layer_scale", c.layer_scale);
  visit("distilled", c.distilled);
  visit("registers", c.registers);
  visit("positioned_prefix", c.positioned_prefix);
}

Json to_json(const VitConfig& config) {
  Json j;
  visit_numbers(config, [&](const char* key, const auto& field) { j[key] = field; });
  j["act"] = std::string(to_string(config.act));
  j["position_resample"] = to_string(config.position_resample);
  j["pool"] = config.pool == Pool::mean ? "mean" : "class_token";
  return j;
}

VitConfig vit_config_from(const Json& j) {
  VitConfig c;
  visit_numbers(c, [&](const char* key, auto& field) { j.at(key).get_to(field); });
  c.act = parse_activation(j.at("act").get<std::string>());
  if (j.contains("position_resample")) {
    c.position_resample = parse_position_resample(j.at("position_resample").get<std::string>());
  }
  const auto pool = j.at("pool").get<std::string>();
  if (pool != "mean" && pool != "class_token") fail("pool: expected mean or class_token, got `{}`", pool);
  c.pool = pool == "mean" ? Pool::mean : Pool::class_token;
  const bool sane = c.patch_size > 0 && c.image_size > 0 && c.image_size <= 1 << 16 && c.channels > 0 &&
                    c.width > 0 && c.width <= 1 << 20 && c.depth >= 0 && c.depth <= 1 << 12 && c.heads > 0 &&
                    c.mlp_ratio > 0 && c.mlp_ratio <= 1 << 10 && c.classes >= 0 && c.classes <= 1 << 24 &&
                    c.registers >= 0 && c.registers <= 1 << 16 && c.channels <= 1 << 10;
  if (!sane) fail("expected the sizes of a model, got {}", j.dump());
  return c;
}

Json to_json(const Preprocess& p) {
  return {{"size", p.size},
          {"interpolation", std::string(to_string(p.interpolation))},
          {"crop", std::string(to_string(p.crop))},
          {"crop_pct", p.crop_pct},
          {"mean", p.mean},
          {"std", p.std}};
}

Preprocess preprocess_from(const Json& j) {
  Preprocess p;
  j.at("size").get_to(p.size);
  p.interpolation = parse_interpolation(j.at("interpolation").get<std::string>());
  p.crop = parse_crop(j.at("crop").get<std::string>());
  j.at("crop_pct").get_to(p.crop_pct);
  j.at("mean").get_to(p.mean);
  j.at("std").get_to(p.std);
  check(p);
  return p;
}

template <class Read>
auto read_key(const TensorFile& file, std::string_view key, const std::string& text, const Read& read) {
  try {
    return read(Json::parse(text));
  } catch (const std::exception& error) {
    fail("{}: metadata `{}`: {}", file.path(), key, error.what());
  }
}

}  // namespace

void write_vit_metadata(const VitConfig& config, const Preprocess& preprocess, MetadataMap& metadata) {
  metadata[std::string(kModelKey)] = to_json(config).dump();
  metadata[std::string(kPreprocessKey)] = to_json(preprocess).dump();
}

std::optional<VitMetadata> read_vit_metadata(const TensorFile& file) {
  const auto model = file.metadata().find(kModelKey), preprocess = file.metadata().find(kPreprocessKey);
  if (model == file.metadata().end()) return std::nullopt;
  const auto read_config = [](const Json& j) {
    return j.contains("kind") ? std::nullopt : std::optional(vit_config_from(j));
  };
  const auto config = read_key(file, kModelKey, model->second, read_config);
  if (!config) return std::nullopt;
  VitMetadata m;
  m.config = *config;
  m.preprocess.size = m.config.image_size;
  if (preprocess != file.metadata().end()) {
    m.preprocess = read_key(file, kPreprocessKey, preprocess->second, preprocess_from);
  }
  return m;
}

}  // namespace ax
