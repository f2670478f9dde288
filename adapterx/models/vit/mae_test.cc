#include "adapterx/models/vit/mae.h"

#include <gtest/gtest.h>

#include <map>

#include "adapterx/base/error.h"
#include "adapterx/models/points/point_mae.h"
#include "adapterx/models/points/point_presets.h"
#include "adapterx/models/vit/vit_family.h"

namespace ax {
namespace {

// 36 patches of 8 x 8.
VitConfig small() {
  VitConfig c;
  c.image_size = 48;
  c.patch_size = 8;
  c.width = 192;
  c.depth = 6;
  c.heads = 3;
  c.classes = 0;
  return c;
}

VitConfig vit_base() {
  VitConfig c;
  c.classes = 0;
  return c;
}

using Shapes = std::map<std::string, Shape, std::less<>>;

Shapes parameters(const VitConfig& config, const MaskedOptions& options = {}) {
  Graph graph;
  Slots none;
  build_mae(graph, config, options, {.batch = 2, .from_scratch = true}, none);
  Shapes shapes;
  for (const int id : graph.parameters()) shapes.emplace(graph.info(id).name, graph.info(id).shape);
  return shapes;
}

int64_t numbers(const Shapes& shapes) {
  int64_t sum = 0;
  for (const auto& [name, shape] : shapes) sum += shape.size();
  return sum;
}

TEST(Mae, HoldsEveryParameterOfTheVitAndADecoder) {
  for (const int64_t positioned : {0, 1}) {
    VitConfig config = small();
    config.positioned_prefix = positioned;
    config.pre_norm = positioned == 0;
    const Shapes mae = parameters(config);
    const auto vit = vit_backbone(config)->parameters().all();
    for (const auto& [name, shape] : vit) {
      ASSERT_TRUE(mae.contains(name)) << name;
      EXPECT_EQ(mae.at(name), shape) << name;
    }
    for (const auto& [name, shape] : mae) {
      EXPECT_TRUE(vit.contains(name) || name.starts_with("decoder_") || name == "mask_token") << name;
    }
  }
}

// mae_vit_base_patch16 of MAE's models_mae.py: its parameters, learned and fixed.
TEST(Mae, HasThePublishedParameterCount) {
  MaskedOptions options;
  options.decoder_width = 512;
  options.decoder_depth = 8;
  options.decoder_heads = 16;
  EXPECT_EQ(numbers(parameters(vit_base(), options)), 111'907'840);
}

TEST(Mae, DecoderHasHeadsOfTheEncodersWidth) {
  MaskedOptions options;
  options.decoder_depth = 1;
  options.decoder_width = 128;
  EXPECT_EQ(parameters(small(), options).at("decoder_blocks.0.attn.qkv.weight"), (Shape{3 * 128, 128}));
  options.decoder_heads = 5;
  EXPECT_THROW(parameters(small(), options), Error);
  options.decoder_width = 0;
  options.decoder_heads = 0;
  EXPECT_EQ(parameters(small(), options).at("decoder_pred.weight"), (Shape{192, 192}));
}

TEST(Mae, HidesThePublishedShareUnlessTold) {
  const auto hidden = [](float ratio) {
    MaskedOptions options;
    options.mask_ratio = ratio;
    return hidden_tokens(options, kPublishedImageMaskRatio, 36, "patches");
  };
  EXPECT_EQ(hidden(0), 27);
  EXPECT_EQ(hidden(0.5f), 18);
  EXPECT_EQ(hidden(0.03f), 1);
  EXPECT_THROW(hidden(0.02f), Error);
  EXPECT_THROW(hidden(1), Error);
}

TEST(Mae, ModelsItCannotHideTokensOfAreErrors) {
  const auto expect_error = [](const auto& change) {
    VitConfig c = small();
    change(c);
    EXPECT_THROW(parameters(c), Error);
  };
  expect_error([](auto& c) { c.heads = 7; });
  expect_error([](auto& c) { c.image_size = 50; });
  expect_error([](auto& c) { c.registers = 4; });
  expect_error([](auto& c) { c.distilled = true; });
  expect_error([](auto& c) { c.pool = Pool::mean; });
}

TEST(PointMae, HasNoDecoderOfAnotherWidth) {
  const auto build = [](int64_t width) {
    Graph graph;
    MaskedOptions options;
    Slots none;
    options.decoder_width = width;
    build_point_mae(graph, point_preset("point_small"), options, {.batch = 2, .from_scratch = true}, none);
  };
  build(192);
  EXPECT_THROW(build(128), Error);
}

}  // namespace
}  // namespace ax
