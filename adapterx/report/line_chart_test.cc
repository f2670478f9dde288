#include "adapterx/report/line_chart.h"

#include <gtest/gtest.h>

#include <limits>

#include "adapterx/io/reader_test.h"

namespace ax {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

size_t count(const std::string& text, std::string_view part) {
  size_t n = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++n;
  return n;
}

// The y of the text of class "name" that holds `name`.
double label_y(const std::string& svg, const std::string& name) {
  const size_t at = svg.rfind("y=\"", svg.find(">" + name + "</text>"));
  return std::stod(svg.substr(at + 3));
}

TEST(LineChart, LineGoesOnOverWhatWasNotMeasured) {
  const std::string svg = line_chart({"t", {1, 2, 3}, {{"a", {1, kNan, 3}}}});
  EXPECT_EQ(count(svg, "<circle"), 2u);
  EXPECT_EQ(count(svg, "class=\"line"), 1u);
  EXPECT_EQ(count(svg, "NaN") + count(svg, "nan"), 0u);
  expect_part(svg, "epoch 2</title>");
  expect_part(svg, "epoch 3\na: 3</title>");
}

TEST(LineChart, NamesKeepApart) {
  const std::string svg =
      line_chart({"t", {1, 2}, {{"one", {0, 1}}, {"two", {0.5, 1}}, {"three", {0, 0.99}}}});
  const double one = label_y(svg, "one"), two = label_y(svg, "two"), three = label_y(svg, "three");
  EXPECT_GE(std::abs(one - two), 14.9);
  EXPECT_GE(std::abs(two - three), 14.9);
  EXPECT_GE(std::abs(one - three), 14.9);
  EXPECT_GT(three, two) << "in the order of the lines' ends";
}

TEST(LineChart, RingsTheEpochThatWasKept) {
  LineChart chart{"t", {1, 2}, {{"a", {1, 2}}}, AxisUnit::kNumber, false, 2};
  EXPECT_EQ(count(line_chart(chart), "class=\"ring"), 1u);
  chart.ring_x = 3;
  EXPECT_EQ(count(line_chart(chart), "class=\"ring"), 0u);
}

TEST(LineChart, NothingWithoutEpochs) { EXPECT_EQ(line_chart({}), ""); }

}  // namespace
}  // namespace ax
