#include "adapterx/models/vit/vit_presets.h"

#include <gtest/gtest.h>

#include "adapterx/base/error_text_test.h"
#include "adapterx/models/vit/vit_family.h"

namespace ax {
namespace {

std::string error_of(const std::string& name) {
  return error_text([&] { vit_preset(name); });
}

TEST(VitPreset, ReadsSizePatchAndImage) {
  const VitConfig c = vit_preset("vit_large_patch14_518");
  EXPECT_EQ(c.width, 1024);
  EXPECT_EQ(c.depth, 24);
  EXPECT_EQ(c.heads, 16);
  EXPECT_EQ(c.patch_size, 14);
  EXPECT_EQ(c.image_size, 518);
  EXPECT_EQ(c.tokens(), 37 * 37 + 1);
}

TEST(VitPreset, RejectsWhatIsNoPreset) {
  for (const char* name : {"", "vit", "vit_huge_patch16_224", "vit_base_patch16_224x", "vit_base_patch0_224",
                           "vit_base_patch-16_224", "vit_base_patch+16_224", "vit_base_patch016_224",
                           "vit_base_patch16_", "vit_base_patch16_99999"}) {
    EXPECT_NE(error_of(name).find("unknown; expected vit_"), std::string::npos) << name;
  }
  EXPECT_NE(error_of("vit_base_patch16_225").find("not a multiple of patch size 16"), std::string::npos);
}

// Parameter counts of the published models (timm), head of 1,000 classes included.
TEST(Vit, HasThePublishedParameterCounts) {
  const std::pair<const char*, int64_t> cases[] = {{"vit_tiny_patch16_224", 5'717'416},
                                                   {"vit_small_patch16_224", 22'050'664},
                                                   {"vit_base_patch16_224", 86'567'656},
                                                   {"vit_base_patch32_224", 88'224'232},
                                                   {"vit_large_patch16_224", 304'326'632}};
  for (const auto& [name, expected] : cases) {
    int64_t count = 0;
    for (const auto& [parameter, shape] : vit_backbone(vit_preset(name))->parameters().all())
      count += shape.size();
    EXPECT_EQ(count, expected) << name;
  }
}

TEST(Vit, ConfigsThatDoNotDivideAreErrors) {
  Graph graph;
  Slots frozen;
  VitConfig c;
  c.heads = 7;
  EXPECT_THROW(build_vit(graph, c, {}, frozen), Error);
  c = {};
  c.patch_size = 15;
  EXPECT_THROW(build_vit(graph, c, {}, frozen), Error);
}

}  // namespace
}  // namespace ax
