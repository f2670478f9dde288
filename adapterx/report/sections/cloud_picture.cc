#include "adapterx/report/sections/cloud_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "adapterx/report/expert_color.h"
#include "adapterx/report/html_text.h"
#include "adapterx/report/sections/choice_parts.h"
#include "adapterx/report/shown_cloud.h"

namespace ax {
namespace {

constexpr double kSide = 1000;  // of the SVG's own units
constexpr int kLayers = 5;      // of depth, drawn from far to near

struct Dot {
  int x = 0, y = 0;
  int layer = 0;
};

Dot dot_of(const uint16_t* point, const CloudView& view) {
  const double half = kGreatestCoordinate / 2.0;
  const double x = point[0] / half - 1, y = point[1] / half - 1, z = point[2] / half - 1;
  const double across = std::cos(view.yaw) * x + std::sin(view.yaw) * z;
  const double along = std::cos(view.yaw) * z - std::sin(view.yaw) * x;
  const double up = std::cos(view.pitch) * y - std::sin(view.pitch) * along;
  const double near = std::sin(view.pitch) * y + std::cos(view.pitch) * along;
  const double scale = 0.46 * kSide * view.distance / (view.distance - near);
  return {static_cast<int>(std::lround(kSide / 2 + scale * across)),
          static_cast<int>(std::lround(kSide / 2 - scale * up)),
          std::clamp(static_cast<int>((near + 1) / 2 * kLayers), 0, kLayers - 1)};
}

std::string mixed(const std::array<int, 3>& a, const std::array<int, 3>& b, double t) {
  std::array<int, 3> c{};
  for (size_t i = 0; i < 3; ++i) c[i] = static_cast<int>(std::lround(a[i] + t * (b[i] - a[i])));
  return fmt::format("#{:02x}{:02x}{:02x}", c[0], c[1], c[2]);
}

}  // namespace

std::vector<std::string> height_palette() {
  constexpr std::array<std::array<int, 3>, 4> kStops = {
      {{52, 104, 214}, {140, 84, 204}, {214, 72, 132}, {240, 140, 48}}};
  std::vector<std::string> palette;
  for (int i = 0; i < 10; ++i) {
    const size_t stop = static_cast<size_t>(i) / 3;
    palette.push_back(mixed(kStops[stop], kStops[std::min<size_t>(stop + 1, 3)], i % 3 / 3.0));
  }
  return palette;
}

CloudColors height_colors(std::span<const uint16_t> points) {
  CloudColors colors{height_palette(), {}};
  int least = kGreatestCoordinate, greatest = 0;
  for (size_t i = 1; i < points.size(); i += 3) {
    least = std::min<int>(least, points[i]);
    greatest = std::max<int>(greatest, points[i]);
  }
  const int steps = static_cast<int>(colors.palette.size()), range = greatest - least + 1;
  for (size_t i = 1; i < points.size(); i += 3) {
    colors.of_point.push_back(static_cast<uint8_t>((points[i] - least) * steps / range));
  }
  return colors;
}

CloudColors expert_colors(const CloudPicture& cloud, size_t block) {
  CloudColors colors;
  for (int64_t expert = 0; expert < cloud.choices.experts; ++expert) {
    colors.palette.push_back(expert_color(expert));
  }
  const uint8_t* choice = patch_choices(cloud.choices, block, cloud.patches);
  for (const uint16_t patch : cloud.patch) {
    colors.of_point.push_back(majority(cloud.choices, choice + patch * cloud.choices.heads));
  }
  return colors;
}

std::string cloud_svg(std::span<const uint16_t> points, const CloudColors& colors, std::string_view style,
                      const std::string& label) {
  const CloudView view;
  const double count = static_cast<double>(points.size() / 3);
  const double width = kSide * std::min(view.dot / std::sqrt(count), view.largest_dot);
  std::array<std::map<uint8_t, std::string>, kLayers> layers;
  for (size_t i = 0; i < points.size() / 3; ++i) {
    const Dot dot = dot_of(&points[3 * i], view);
    layers[static_cast<size_t>(dot.layer)][colors.of_point[i]] += fmt::format("M{} {}h0", dot.x, dot.y);
  }
  std::string out = fmt::format("<svg class=\"{}\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">",
                                style, kSide, kSide, escape(label));
  for (size_t layer = 0; layer < kLayers; ++layer) {
    const double near = (static_cast<double>(layer) + 0.5) / kLayers;
    out += fmt::format("<g stroke-width=\"{:.1f}\" opacity=\"{:.2f}\">", width * (0.75 + 0.5 * near),
                       0.4 + 0.6 * near);
    for (const auto& [color, path] : layers[layer]) {
      out += fmt::format("<path stroke=\"{}\" d=\"{}\"/>", colors.palette[color], path);
    }
    out += "</g>";
  }
  return out + "</svg>";
}

}  // namespace ax
