// What is written is read: each field by itself, so that none can be forgotten or stand for another.
#include "adapterx/models/vit/vit_metadata.h"

#include <gtest/gtest.h>

#include "adapterx/base/error_text_test.h"
#include "adapterx/models/checkpoint/metadata_keys.h"
#include "adapterx/models/micro_backbones_test.h"

namespace ax {
namespace {

using Change = std::function<void(VitConfig&)>;

const std::vector<Change> kChanges = {
    [](VitConfig& c) { c.image_size = 20; },
    [](VitConfig& c) { c.patch_size = 2; },
    [](VitConfig& c) { c.channels = 1; },
    [](VitConfig& c) { c.width = 48; },
    [](VitConfig& c) { c.depth = 5; },
    [](VitConfig& c) { c.heads = 2; },
    [](VitConfig& c) { c.mlp_ratio = 2.6f; },
    [](VitConfig& c) { c.classes = 0; },
    [](VitConfig& c) { c.norm_eps = 1e-5f; },
    [](VitConfig& c) { c.act = Activation::quick_gelu; },
    [](VitConfig& c) { c.qkv_bias = false; },
    [](VitConfig& c) { c.patch_bias = false; },
    [](VitConfig& c) { c.pre_norm = true; },
    [](VitConfig& c) { c.layer_scale = true; },
    [](VitConfig& c) { c.distilled = true; },
    [](VitConfig& c) { c.registers = 4; },
    [](VitConfig& c) { c.positioned_prefix = 0; },
    [](VitConfig& c) { c.position_resample = PositionResample::bicubic_offset; },
    [](VitConfig& c) { c.pool = Pool::mean; }};

auto fields(const VitConfig& c) {
  return std::tuple(c.image_size, c.patch_size, c.channels, c.width, c.depth, c.heads, c.mlp_ratio, c.classes,
                    c.norm_eps, c.act, c.qkv_bias, c.patch_bias, c.pre_norm, c.layer_scale, c.distilled,
                    c.registers, c.positioned_prefix, c.position_resample, c.pool);
}

MetadataMap written(const VitConfig& config, const Preprocess& preprocess = {}) {
  MetadataMap metadata;
  write_vit_metadata(config, preprocess, metadata);
  return metadata;
}

VitMetadata read(const MetadataMap& metadata) {
  return read_vit_metadata(OwnedTensors().file(metadata)).value();
}

TEST(VitMetadata, EveryFieldIsReadAsWritten) {
  for (const Change& change : kChanges) {
    VitConfig c = micro_vit();
    change(c);
    ASSERT_NE(fields(c), fields(micro_vit()));
    EXPECT_EQ(fields(read(written(c)).config), fields(c));
  }
}

TEST(VitMetadata, PreprocessingIsReadAsWritten) {
  Preprocess p = preprocess_preset("clip");
  p.size = 18;
  p.interpolation = Interpolation::lanczos;
  p.crop = Crop::squash;
  p.crop_pct = 0.8125;
  EXPECT_EQ(read(written(micro_vit(), p)).preprocess, p);
}

TEST(VitMetadata, WithoutPreprocessingTheSizeIsTheModels) {
  MetadataMap metadata = written(micro_vit());
  metadata.erase(std::string(kPreprocessKey));
  EXPECT_EQ(read(metadata).preprocess.size, micro_vit().image_size);
  metadata.clear();
  EXPECT_FALSE(read_vit_metadata(OwnedTensors().file(metadata)).has_value());
}

TEST(VitMetadata, OlderFilesAreResampledAsTheyAlwaysWere) {
  VitConfig c = micro_vit();
  c.position_resample = PositionResample::bilinear;
  MetadataMap metadata = written(c);
  std::string& text = metadata.at(std::string(kModelKey));
  const std::string key = "\"position_resample\":\"bilinear\",";
  ASSERT_NE(text.find(key), text.npos) << text;
  text.erase(text.find(key), key.size());
  EXPECT_EQ(read(metadata).config.position_resample, PositionResample::bicubic_antialias);
}

void expect_refused(std::string_view key, const std::string& from, const std::string& to) {
  MetadataMap metadata = written(micro_vit());
  std::string& text = metadata.at(std::string(key));
  const size_t at = text.find(from);
  ASSERT_NE(at, text.npos) << text;
  text.replace(at, from.size(), to);
  expect_part(error_text([&] { read(metadata); }), fmt::format("model.safetensors: metadata `{}`", key));
}

TEST(VitMetadata, WhatNoModelHasIsRefused) {
  expect_refused(kModelKey, "\"width\":24", "\"width\":0");
  expect_refused(kModelKey, "\"width\":24", "\"width\":\"24\"");
  expect_refused(kModelKey, "\"patch_size\":4", "\"patch_size\":-4");
  expect_refused(kModelKey, "\"heads\":3", "\"heds\":3");
  expect_refused(kModelKey, "\"classes\":7", "\"classes\":99999999");
  expect_refused(kModelKey, "\"class_token\"", "\"first\"");
  expect_refused(kModelKey, "\"bicubic_antialias\"", "\"bicubic_aliased\"");
  expect_refused(kModelKey, "}", "");
  expect_refused(kPreprocessKey, "\"crop_pct\":0.875", "\"crop_pct\":1.5");
  expect_refused(kPreprocessKey, "\"bicubic\"", "\"cubic\"");
  expect_refused(kPreprocessKey, "\"std\":[1.0,1.0,1.0]", "\"std\":[1.0,0.0,1.0]");
}

}  // namespace
}  // namespace ax
