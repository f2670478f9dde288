#include "adapterx/models/points/point_presets.h"

#include <algorithm>

#include "adapterx/base/error.h"

namespace ax {

const std::vector<std::string>& point_preset_names() {
  static const std::vector<std::string> names = {"point_mae", "point_bert", "act", "recon", "point_small"};
  return names;
}

bool is_point_preset(std::string_view name) {
  return std::ranges::find(point_preset_names(), name) != point_preset_names().end();
}

PointTransformerConfig point_preset(std::string_view name) {
  if (!is_point_preset(name)) {
    fail("model `{}`: unknown; expected one of {}{}", name, fmt::join(point_preset_names(), ", "),
         did_you_mean(name, point_preset_names()));
  }
  PointTransformerConfig c;
  c.points = 2048;
  c.groups = 128;
  c.classes = 15;
  if (name == "point_bert") {
    c.encoder[3] = 256;
    c.reduce_dim = true;
  }
  if (name == "point_small") {
    c.points = 512;
    c.groups = 32;
    c.encoder = {64, 128, 256, 192};
    c.width = 192;
    c.depth = 6;
    c.heads = 3;
    c.positions = PositionUse::once;
  }
  return c;
}

}  // namespace ax
