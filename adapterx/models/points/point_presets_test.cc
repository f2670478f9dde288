#include "adapterx/models/points/point_presets.h"

#include <gtest/gtest.h>

#include "adapterx/base/error_text_test.h"
#include "adapterx/models/points/point_family.h"

namespace ax {
namespace {

TEST(PointPresets, EveryListedNameIsAModelThatFits) {
  for (const std::string& name : point_preset_names()) {
    const PointTransformerConfig c = point_preset(name);
    EXPECT_TRUE(is_point_preset(name));
    EXPECT_EQ(c.width % c.heads, 0) << name;
    EXPECT_LE(c.groups * c.group_size, 2 * c.points)
        << name;  // patches overlap, but cover a cloud twice at most
    EXPECT_EQ(point_backbone(c)->parameters().backbone.contains("reduce_dim.weight"), name == "point_bert");
  }
}

TEST(PointPresets, AnotherNameIsAnErrorWithTheNearest) {
  EXPECT_FALSE(is_point_preset("point_mea"));
  expect_part(error_text([] { point_preset("point_mea"); }), "did you mean `point_mae`?");
  expect_part(error_text([] { point_preset("pointnet"); }), "expected one of point_mae, point_bert");
}

TEST(PointPresets, PublishedModelsAddPositionsToEveryBlock) {
  for (const char* name : {"point_mae", "point_bert", "act", "recon"}) {
    EXPECT_EQ(point_preset(name).positions, PositionUse::every_block) << name;
    EXPECT_EQ(point_preset(name).width, 384) << name;
  }
  EXPECT_EQ(point_preset("point_small").positions, PositionUse::once);
}

}  // namespace
}  // namespace ax
