#include "adapterx/models/points/point_metadata.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "adapterx/base/error.h"
#include "adapterx/models/checkpoint/metadata_keys.h"

namespace ax {
namespace {

using Json = nlohmann::ordered_json;
constexpr const char* kKind = "point_transformer";

const std::vector<std::string> kPositionUses = {"every_block", "once"};
const std::vector<std::string> kFrozenBatchNorms = {"update", "fixed"};
const std::vector<std::string> kTokenPools = {"none", "mean", "max"};

template <class Enum>
Enum parse(std::string_view what, std::string_view name, const std::vector<std::string>& names) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) {
    fail("{}: expected {}, got `{}`{}", what, fmt::join(names, ", "), name, did_you_mean(name, names));
  }
  return static_cast<Enum>(found - names.begin());
}

// Calls visit(key, field) for each field that JSON holds as it is: one list for both directions.
template <class Config, class Visit>
void visit_fields(Config& c, const Visit& visit) {
  visit("points", c.points);
  visit("groups", c.groups);
  visit("group_size", c.group_size);
  visit("encoder", c.encoder);
  visit("position_hidden", c.position_hidden);
  visit("width", c.width);
  visit("depth", c.depth);
  visit("heads", c.heads);
  visit("mlp_ratio", c.mlp_ratio);
  visit("classes", c.classes);
  visit("norm_eps", c.norm_eps);
  visit("reduce_dim", c.reduce_dim);
  visit("pool_class", c.pool_class);
  visit("head_hidden", c.head_hidden);
  visit("head_dropout", c.head_dropout);
}

Json to_json(const PointTransformerConfig& config) {
  Json j = {{"kind", kKind}};
  visit_fields(config, [&](const char* key, const auto& field) { j[key] = field; });
  j["positions"] = to_string(config.positions);
  j["batch_norm"] = to_string(config.batch_norm);
  j["pool_prompts"] = to_string(config.pool_prompts);
  j["pool_groups"] = to_string(config.pool_groups);
  return j;
}

bool is_sane(const PointTransformerConfig& c) {
  const auto within = [](int64_t value, int64_t low, int64_t high) { return value >= low && value <= high; };
  return within(c.points, 1, 1 << 20) && within(c.groups, 1, c.points) && within(c.group_size, 1, c.points) &&
         std::ranges::all_of(c.encoder, [&](int64_t n) { return within(n, 1, 1 << 16); }) &&
         within(c.position_hidden, 1, 1 << 16) && within(c.width, 1, 1 << 20) &&
         within(c.depth, 0, 1 << 12) && within(c.heads, 1, c.width) && c.mlp_ratio > 0 &&
         c.mlp_ratio <= 1 << 10 && within(c.classes, 0, 1 << 24) && c.norm_eps > 0 &&
         within(c.head_hidden, 1, 1 << 20) && c.head_dropout >= 0 && c.head_dropout < 1;
}

PointTransformerConfig config_from(const Json& j) {
  PointTransformerConfig c;
  visit_fields(c, [&](const char* key, auto& field) { j.at(key).get_to(field); });
  c.positions = parse_position_use(j.at("positions").get<std::string>());
  c.batch_norm = parse_frozen_batch_norm(j.at("batch_norm").get<std::string>());
  c.pool_prompts = parse_token_pool(j.at("pool_prompts").get<std::string>());
  c.pool_groups = parse_token_pool(j.at("pool_groups").get<std::string>());
  if (!is_sane(c)) fail("expected the sizes of a model, got {}", j.dump());
  return c;
}

}  // namespace

std::string to_string(PositionUse use) { return kPositionUses[static_cast<size_t>(use)]; }
std::string to_string(FrozenBatchNorm use) { return kFrozenBatchNorms[static_cast<size_t>(use)]; }
std::string to_string(TokenPool pool) { return kTokenPools[static_cast<size_t>(pool)]; }

PositionUse parse_position_use(std::string_view name) {
  return parse<PositionUse>("positions", name, kPositionUses);
}
FrozenBatchNorm parse_frozen_batch_norm(std::string_view name) {
  return parse<FrozenBatchNorm>("batch_norm", name, kFrozenBatchNorms);
}
TokenPool parse_token_pool(std::string_view name) { return parse<TokenPool>("pool", name, kTokenPools); }

void write_point_metadata(const PointTransformerConfig& config, const PointPreprocess& preprocess,
                          MetadataMap& metadata) {
  metadata[std::string(kModelKey)] = to_json(config).dump();
  metadata[std::string(kPreprocessKey)] = Json{
      {"points", preprocess.points},
      {"unit_sphere", preprocess.unit_sphere},
      {"sample_points",
       preprocess.sample_points}}.dump();
}

std::optional<PointMetadata> read_point_metadata(const TensorFile& file) {
  const auto model = file.metadata().find(kModelKey), preprocess = file.metadata().find(kPreprocessKey);
  if (model == file.metadata().end()) return std::nullopt;
  PointMetadata m;
  std::string_view key = kModelKey;
  try {
    const Json j = Json::parse(model->second);
    if (!j.is_object() || j.value("kind", "") != kKind) return std::nullopt;
    m.config = config_from(j);
    m.preprocess.points = m.config.points;
    if (preprocess != file.metadata().end()) {
      key = kPreprocessKey;
      const Json p = Json::parse(preprocess->second);
      p.at("points").get_to(m.preprocess.points);
      p.at("unit_sphere").get_to(m.preprocess.unit_sphere);
      m.preprocess.sample_points = p.value("sample_points", m.preprocess.sample_points);
      if (m.preprocess.points != m.config.points) {
        fail("expected the {} points of the model, got {}", m.config.points, m.preprocess.points);
      }
      check(m.preprocess);
    }
  } catch (const std::exception& error) {
    fail("{}: metadata `{}`: {}", file.path(), key, error.what());
  }
  return m;
}

}  // namespace ax
