#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "adapterx/base/error.h"
#include "adapterx/models/points/point_checkpoint.h"
#include "adapterx/models/points/point_metadata.h"
#include "cli/architecture.h"

namespace ax::cli {

std::optional<PointArchitecture> detect_point_architecture(const TensorFile& file, std::string& why) {
  PointRequest request;
  request.strict = false;
  try {
    const PointCheckpoint c = open_point_checkpoint(file.path(), request);
    return PointArchitecture{c.report.family, c.report.root, c.config, c.report.assumed};
  } catch (const Error& error) {  // incomplete, or an adapter
    why = error.what();
    return std::nullopt;
  }
}

std::string description(const PointArchitecture& a) {
  const PointTransformerConfig& c = a.config;
  return fmt::format(
      "width {}, depth {}, {} heads, MLP {}, encoder {}, {} points in {} groups of {}, {}, {}", c.width,
      c.depth, c.heads, c.hidden(), fmt::join(c.encoder, "-"), c.points, c.groups, c.group_size,
      c.positions == PositionUse::once ? "positions added once" : "positions added before every block",
      c.classes > 0 ? fmt::format("{} classes", c.classes) : "no head");
}

nlohmann::ordered_json json_of(const PointArchitecture& a) {
  const PointTransformerConfig& c = a.config;
  return {{"kind", "point_transformer"},
          {"family", a.family},
          {"root", a.root},
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
          {"assumed", a.assumed}};
}

}  // namespace ax::cli
