#include "adapterx/report/sections/cloud_picture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>

#include "adapterx/report/expert_color.h"
#include "adapterx/report/sample_run_test.h"

namespace ax {
namespace {

struct Dot {
  double x, y, width;
};

// The number that `text` begins with; it is cut off.
double take_number(std::string_view& text) {
  const size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  const double number = std::stod(std::string(text.substr(0, end)));
  text.remove_prefix(end);
  return number;
}

// The dots "M<x> <y>h0" of each colour.
std::map<std::string, std::vector<Dot>> dots_of(const std::string& svg) {
  constexpr std::string_view kWidth = "stroke-width=\"", kStroke = "stroke=\"";
  std::map<std::string, std::vector<Dot>> dots;
  std::string color;
  double width = 0;
  for (std::string_view rest = svg; !rest.empty();) {
    if (rest.starts_with(kWidth)) {
      rest.remove_prefix(kWidth.size());
      width = take_number(rest);
    } else if (rest.starts_with(kStroke)) {
      rest.remove_prefix(kStroke.size());
      color = rest.substr(0, rest.find('"'));
    } else if (rest.size() > 1 && rest[0] == 'M' && rest[1] >= '0' && rest[1] <= '9') {
      rest.remove_prefix(1);
      const double x = take_number(rest);
      rest.remove_prefix(1);
      const double y = take_number(rest);
      if (rest.starts_with("h0")) dots[color].push_back({x, y, width});
    } else {
      rest.remove_prefix(1);
    }
  }
  return dots;
}

TEST(CloudPicture, DrawsEveryPointInTheColourOfItsPatchsExpert) {
  const CloudPicture cloud = sample_cloud({.heads = 3}, 0);
  std::map<std::string, size_t> expected;
  for (const uint16_t patch : cloud.patch) {
    const std::vector<uint8_t>& block = cloud.choices.blocks[4];
    const size_t first = block.size() - static_cast<size_t>(3 * (cloud.patches - patch));
    std::map<int, int> votes;
    for (size_t head = 0; head < 3; ++head) ++votes[block[first + head]];
    int best = votes.begin()->first;
    for (const auto& [expert, count] : votes) {
      if (count > votes[best]) best = expert;
    }
    ++expected[expert_color(best)];
  }
  std::map<std::string, size_t> drawn;
  for (const auto& [color, dots] :
       dots_of(cloud_svg(cloud.shown.points, expert_colors(cloud, 4), "cloud", "x"))) {
    drawn[color] = dots.size();
  }
  EXPECT_EQ(drawn, expected);
}

TEST(CloudPicture, HeightRunsThroughThePalette) {
  const CloudPicture cloud = sample_cloud({}, 0);
  const CloudColors colors = height_colors(cloud.shown.points);
  ASSERT_EQ(colors.of_point.size(), 1024u);
  std::vector<int> lowest(colors.palette.size(), 1024), highest(colors.palette.size(), -1);
  for (size_t i = 0; i < colors.of_point.size(); ++i) {
    const int height = cloud.shown.points[3 * i + 1];
    lowest[colors.of_point[i]] = std::min(lowest[colors.of_point[i]], height);
    highest[colors.of_point[i]] = std::max(highest[colors.of_point[i]], height);
  }
  for (size_t i = 1; i < lowest.size(); ++i) EXPECT_LT(highest[i - 1], lowest[i]);
}

// Six points along the axes, seen from the right, above and in front.
TEST(CloudPicture, NearPointsAreLargerAndStandWhereTheEyeSeesThem) {
  const std::vector<uint16_t> points =
      shown_points(std::vector<float>{1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1});
  const std::vector<std::string> names = {"x", "-x", "y", "-y", "z", "-z"};
  const std::string svg = cloud_svg(points, {names, {0, 1, 2, 3, 4, 5}}, "cloud", "a \"<b>\"");
  EXPECT_NE(svg.find("aria-label=\"a &quot;&lt;b&gt;&quot;\""), std::string::npos);
  std::map<std::string, Dot> dot;
  for (const auto& [color, dots] : dots_of(svg)) dot.insert({color, dots.at(0)});
  ASSERT_EQ(dot.size(), 6u);
  EXPECT_GT(dot.at("x").x, 700);
  EXPECT_LT(dot.at("-x").x, 300);
  EXPECT_LT(dot.at("y").y, 150);
  EXPECT_GT(dot.at("-y").y, 850);
  EXPECT_GT(dot.at("z").x, 600) << "turned to the right";
  EXPECT_GT(dot.at("z").y, 600) << "seen from above";
  EXPECT_GT(dot.at("z").width, dot.at("-z").width);
  for (const auto& [color, at] : dot) {
    EXPECT_GT(std::min({at.x, at.y, 1000 - at.x, 1000 - at.y}), at.width / 2) << color;
  }
}

}  // namespace
}  // namespace ax
