// The architecture that is read off the shapes is the one that has them.
#include "adapterx/models/vit/detect_vit.h"

#include <gtest/gtest.h>

#include "adapterx/base/error_text_test.h"
#include "adapterx/models/micro_backbones_test.h"
#include "adapterx/models/vit/vit_metadata.h"

namespace ax {
namespace {

VitConfig detect(const OwnedTensors& owned, std::optional<int64_t> heads = {}) {
  const TensorFile file = owned.file();
  const ForeignNames names(file);
  return detect_vit(names, names.find_key_map(), heads);
}

OwnedTensors tensors_of(const VitConfig& config) {
  OwnedTensors owned;
  owned.add_all(vit_backbone(config)->parameters().all());
  return owned;
}

std::string text_of(const VitConfig& config) {
  MetadataMap metadata;
  write_vit_metadata(config, {}, metadata);
  return fmt::format("{}", fmt::join(metadata, "\n"));
}

void expect_detected(const VitConfig& config) {
  EXPECT_EQ(text_of(detect(tensors_of(config), config.heads)), text_of(config));
}

TEST(DetectVit, FindsEachArchitecture) {
  expect_detected(micro_vit());
  const auto expect_with = [](const std::function<void(VitConfig&)>& change) {
    VitConfig c = micro_vit();
    change(c);
    expect_detected(c);
  };
  expect_with([](auto& c) { c.image_size = 36; });
  expect_with([](auto& c) { c.patch_size = 2; });
  expect_with([](auto& c) { c.channels = 1; });
  expect_with([](auto& c) { c.depth = 11; });
  expect_with([](auto& c) { c.classes = 0; });
  expect_with([](auto& c) { c.qkv_bias = false; });
  expect_with([](auto& c) {
    c.pre_norm = true;
    c.norm_eps = 1e-5f;  // CLIP's
  });
  expect_with([](auto& c) { c.layer_scale = true; });
  expect_with([](auto& c) { c.pool = Pool::mean; });
  expect_with([](auto& c) {
    c.distilled = true;
    c.positioned_prefix = 2;
  });
  // DINOv2's registers have no positions, timm's no_embed_class models none before the patches.
  expect_with([](auto& c) { c.registers = 4; });
  expect_with([](auto& c) { c.positioned_prefix = 0; });
  expect_with([](auto& c) {
    c.registers = 4;
    c.positioned_prefix = 5;
  });
}

// A ratio is a rounded quotient: 62 of 14 must not become 61.
TEST(DetectVit, TheHiddenWidthIsExact) {
  for (int64_t hidden = 1; hidden <= 70; ++hidden) {
    VitConfig c = micro_vit();
    c.width = 14;
    c.heads = 2;
    c.depth = 1;
    OwnedTensors owned = tensors_of(c);
    owned.add("blocks.0.mlp.fc1.weight", {hidden, 14});
    owned.add("blocks.0.mlp.fc1.bias", {hidden});
    EXPECT_EQ(detect(owned, 2).hidden(), hidden);
  }
}

TEST(DetectVit, HeadsAreSaidOrOf64Channels) {
  VitConfig c = micro_vit();
  c.width = 128;
  c.heads = 2;
  const OwnedTensors owned = tensors_of(c);
  EXPECT_EQ(detect(owned).heads, 2);
  EXPECT_EQ(detect(owned, 8).heads, 8);
  expect_part(error_text([] { detect(tensors_of(micro_vit())); }), "a width of 24 isn't a multiple of 64");
}

TEST(DetectVit, ShapesOfNoViTNameTheTensor) {
  const auto error_with = [](const std::string& name, const Shape& shape) {
    OwnedTensors owned = tensors_of(micro_vit());
    owned.add(name, shape);
    return error_text([&] { detect(owned, 3); });
  };
  expect_part(error_with("patch_embed.proj.weight", {24, 3, 4, 5}),
              "expected square patches, got [24, 3, 4, 5]");
  expect_part(error_with("patch_embed.proj.weight", {24, 48}), "expected [width, channels, patch, patch]");
  expect_part(error_with("pos_embed", {1, 15, 24}), "expected positions of a square of patches, got 15");
}

}  // namespace
}  // namespace ax
