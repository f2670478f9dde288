#include "adapterx/models/points/point_description.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "adapterx/models/points/point_checkpoint.h"
#include "adapterx/models/points/point_metadata.h"
#include "adapterx/models/points/point_presets.h"

namespace ax {
namespace {

std::string geometry_of(const PointTransformerConfig& c) {
  return fmt::format(
      "width {}, depth {}, {} heads, MLP {}, encoder {}, {} points in {} groups of {}, {}, {}", c.width,
      c.depth, c.heads, c.hidden(), fmt::join(c.encoder, "-"), c.points, c.groups, c.group_size,
      c.positions == PositionUse::once ? "positions added once" : "positions added before every block",
      c.classes > 0 ? fmt::format("{} classes", c.classes) : "no head");
}

nlohmann::ordered_json json_of(const PointCheckpoint& checkpoint) {
  const PointTransformerConfig& c = checkpoint.config;
  return {{"kind", "point_transformer"},
          {"family", checkpoint.report.family},
          {"root", checkpoint.report.root},
          {"width", c.width},
          {"depth", c.depth},
          {"heads", c.heads},
          {"mlp_hidden", c.hidden()},
          {"encoder", c.encoder},
          {"points", c.points},
          {"groups", c.groups},
          {"group_size", c.group_size},
          {"positions", to_string(c.positions)},
          {"batch_norm", to_string(c.batch_norm)},
          {"classes", c.classes},
          {"assumed", checkpoint.report.assumed}};
}

}  // namespace

PresetDescription describe_point_preset(std::string_view name) {
  const PointTransformerConfig c = point_preset(name);
  const nlohmann::ordered_json json = {
      {"points", c.points}, {"groups", c.groups}, {"group_size", c.group_size}, {"width", c.width},
      {"depth", c.depth},   {"heads", c.heads},   {"encoder", c.encoder},       {"classes", c.classes}};
  return {fmt::format("{} points", c.points), "", json.dump()};
}

CheckpointDescription describe_point_transformer(const TensorFile& file) {
  BackboneRequest request;
  request.strict = false;
  const PointCheckpoint c = open_point_checkpoint(open_backbone_file(file.path()), request);
  const LoadReport& r = c.report;
  return {"point transformer, names of " + r.family + (r.root.empty() ? "" : ", under " + r.root),
          geometry_of(c.config), r.assumed, std::nullopt,
          json_of(c).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

}  // namespace ax
