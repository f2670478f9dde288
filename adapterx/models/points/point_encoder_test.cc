// The mini-PointNet doesn't know the order of a group's points, and mixes no groups.
#include "adapterx/models/points/point_encoder.h"

#include <gtest/gtest.h>

#include "adapterx/graph/gradient_check.h"
#include "adapterx/models/micro_backbones_test.h"

namespace ax {
namespace {

constexpr size_t kGroups = 8, kPoints = 3, kNumbers = kGroups * kPoints * 3;

// The tokens [1, kGroups, width] of groups of points, `batch_norm` by the batch's statistics or the running
// ones.
std::vector<double> tokens_of(const std::vector<double>& neighbours, bool batch_norm = false) {
  Graph g;
  Slots none;
  const Value input = g.input("neighbours", {1, kGroups, kPoints * 3});
  const Value tokens = encode_groups(input, micro_points(), {batch_norm, /*from_scratch=*/true, none});
  EXPECT_EQ(tokens.shape(), (Shape{1, kGroups, micro_points().width}));
  const auto feed = [&](std::string_view name, const Shape& shape) {
    if (name == "neighbours") return neighbours;
    std::vector<double> v = test_values(name, shape);
    if (name.ends_with("running_var")) {
      for (double& x : v) x = 1 + x * x;
    }
    return v;
  };
  return interpret(g, {tokens}, feed)[0].v;
}

std::vector<double> some_points() { return test_values("points", {static_cast<int64_t>(kNumbers)}); }

TEST(PointEncoder, TheOrderOfAGroupsPointsIsOfNoMeaning) {
  std::vector<double> swapped = some_points();
  std::swap_ranges(swapped.begin(), swapped.begin() + 3, swapped.begin() + 6);
  const std::vector<double> expected = tokens_of(some_points()), got = tokens_of(swapped);
  for (size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], 1e-12) << i;
}

TEST(PointEncoder, AGroupHasATokenOfItsOwn) {
  std::vector<double> moved = some_points();
  for (size_t i = 0; i < kPoints * 3; ++i) moved[i] += 1;
  const std::vector<double> before = tokens_of(some_points()), after = tokens_of(moved);
  const auto width = static_cast<size_t>(micro_points().width);
  EXPECT_FALSE(std::equal(before.begin(), before.begin() + static_cast<ptrdiff_t>(width), after.begin()));
  for (size_t i = width; i < after.size(); ++i) EXPECT_EQ(after[i], before[i]) << i;
}

TEST(PointEncoder, TrainingNormalizesByTheBatchUnlessFixed) {
  EXPECT_NE(tokens_of(some_points(), true), tokens_of(some_points(), false));
  PointTransformerConfig fixed = micro_points();
  fixed.batch_norm = FrozenBatchNorm::fixed;
  const auto moves_statistics = [](const PointTransformerConfig& config, bool training) {
    Graph g;
    Slots none;
    encode_groups(g.input("neighbours", {1, kGroups, kPoints * 3}), config, {training, true, none});
    return std::ranges::any_of(g.nodes(), [](const Node& node) { return node.outputs.size() > 1; });
  };
  EXPECT_TRUE(moves_statistics(micro_points(), true));
  EXPECT_EQ(moves_statistics(fixed, true), moves_statistics(micro_points(), false));
}

TEST(PointEncoder, ReducedChannelsBecomeTheWidth) {
  PointTransformerConfig c = micro_points();
  c.encoder[3] = 10;
  c.reduce_dim = true;
  Graph g;
  Slots none;
  const Value tokens = encode_groups(g.input("neighbours", {2, kGroups, kPoints * 3}), c,
                                     {false, /*from_scratch=*/true, none});
  EXPECT_EQ(tokens.shape(), (Shape{2, kGroups, c.width}));
  EXPECT_EQ(g.info(g.find(ValueKind::parameter, "reduce_dim.weight")).shape, (Shape{c.width, 10}));
}

// Two groups with one centre have one position.
TEST(PointEncoder, PositionsAreOfTheCentreAlone) {
  Graph g;
  Slots none;
  const Value positions =
      encode_positions(g.input("centers", {1, 3, 3}), micro_points(), {false, /*from_scratch=*/true, none});
  const std::vector<double> centers = {0.1, 0.2, 0.3, -1, 0, 1, 0.1, 0.2, 0.3};
  const auto feed = [&](std::string_view name, const Shape& shape) {
    return name == "centers" ? centers : test_values(name, shape);
  };
  const std::vector<double> v = interpret(g, {positions}, feed)[0].v;
  const auto width = static_cast<ptrdiff_t>(micro_points().width);
  EXPECT_TRUE(std::equal(v.begin(), v.begin() + width, v.begin() + 2 * width));
  EXPECT_FALSE(std::equal(v.begin(), v.begin() + width, v.begin() + width));
}

}  // namespace
}  // namespace ax
