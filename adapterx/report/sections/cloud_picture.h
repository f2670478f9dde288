// A point cloud as a still picture: what stands for it on paper and where no script runs. Script draws the
// same view, to be turned.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "adapterx/report/run_data.h"

namespace ax {

// How clouds are looked at before they are turned. Angles in radians; positive yaw turns the near side to the
// right, positive pitch looks from above. `distance` of the eye from the middle, in radii of the ball around
// the cloud. A dot's diameter, in sides of the picture, is `dot` over the root of the number of points, and
// at most `largest_dot`.
struct CloudView {
  double yaw = 0.65, pitch = 0.42, distance = 3.6, dot = 0.6, largest_dot = 0.03;
};

// A colour for each point, as an index into the palette: CSS colours.
struct CloudColors {
  std::vector<std::string> palette;
  std::vector<uint8_t> of_point;  // [N]
};

// From blue at the bottom over purple to orange at the top; told apart in light and dark.
std::vector<std::string> height_palette();
CloudColors height_colors(std::span<const uint16_t> points);

// The expert most sub-heads of each point's patch chose.
CloudColors expert_colors(const CloudPicture& cloud, size_t block);

// Square SVG of class `style`, far points smaller and fainter. `points`: [N, 3]. `label` is escaped.
std::string cloud_svg(std::span<const uint16_t> points, const CloudColors& colors, std::string_view style,
                      const std::string& label);

}  // namespace ax
