#include "adapterx/models/points/point_transformer.h"

#include <gtest/gtest.h>

#include "adapterx/base/error.h"
#include "adapterx/models/points/point_family.h"
#include "adapterx/models/points/point_mae.h"
#include "adapterx/models/points/point_presets.h"

namespace ax {
namespace {

int64_t numbers(const PointTransformerConfig& config, bool head) {
  int64_t sum = 0;
  const ModelParameters parameters = point_backbone(config)->parameters();
  for (const auto& [name, shape] : head ? parameters.all() : parameters.backbone) {
    if (name.find("running_") == name.npos) sum += shape.size();
  }
  return sum;
}

TEST(PointTransformer, HasThePublishedParameterCounts) {
  // 22.1 M as the papers count it: with the head of 15 classes on [class; maximum of the groups].
  EXPECT_EQ(numbers(point_preset("point_mae"), true), 22'093'327);
  EXPECT_EQ(numbers(point_preset("point_mae"), false), 21'825'792);
  EXPECT_EQ(numbers(point_preset("act"), false), 21'825'792);
  EXPECT_NEAR(static_cast<double>(numbers(point_preset("point_small"), false)), 2.8e6, 1e5);
}

TEST(PointTransformer, FeaturesAreTheTokensAskedFor) {
  PointTransformerConfig c = point_preset("point_small");
  const auto width = [&] {
    Graph graph;
    Slots none;
    return build_point_transformer(graph, c, {}, none).features.pooled.shape()[1];
  };
  EXPECT_EQ(width(), 2 * 192);  // no prompts: class token and groups
  c.pool_groups = TokenPool::none;
  EXPECT_EQ(width(), 192);
  c.pool_groups = TokenPool::mean;
  c.pool_class = false;
  EXPECT_EQ(width(), 192);
}

TEST(PointTransformer, SizesThatDoNotFitAreErrors) {
  const auto expect_error = [](const auto& change) {
    PointTransformerConfig c = point_preset("point_small");
    change(c);
    Graph graph;
    Slots none;
    EXPECT_THROW(build_point_transformer(graph, c, {}, none), Error);
  };
  expect_error([](auto& c) { c.heads = 7; });
  expect_error([](auto& c) { c.groups = c.points + 1; });
  expect_error([](auto& c) { c.group_size = 0; });
  expect_error([](auto& c) { c.encoder[3] = 100; });
  expect_error([](auto& c) {
    c.pool_class = false;
    c.pool_groups = TokenPool::none;
  });
}

TEST(PointMae, HidesSomeGroupsAndNotAll) {
  const auto build = [](float ratio) {
    Graph graph;
    MaskedOptions options;
    Slots none;
    options.mask_ratio = ratio;
    build_point_mae(graph, point_preset("point_small"), options, {.batch = 2, .from_scratch = true}, none);
    return graph.parameter_names().size();
  };
  EXPECT_GT(build(0.6f), 100u);
  EXPECT_THROW(build(0.01f), Error);
  EXPECT_THROW(build(1.0f), Error);
}

}  // namespace
}  // namespace ax
