// What loading reports and refuses. That every family's values are right is tests/families_test.cc's.
#include "adapterx/models/vit/vit_checkpoint.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "adapterx/base/error_text_test.h"
#include "adapterx/io/tensors/safetensors.h"
#include "adapterx/models/synthetic_weights.h"
#include "adapterx/models/vit/vit_family.h"
#include "adapterx/models/vit/vit_metadata.h"
#include "adapterx/models/vit/vit_presets.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

// A ViT's checkpoint under timm's names, to be changed before it is written.
class VitCheckpointTest : public testing::Test {
 protected:
  void SetUp() override {
    path_ = fs::temp_directory_path() / fmt::format("ax_vit_checkpoint_{}.safetensors", ::getpid());
    config_.image_size = 16;
    config_.patch_size = 4;
    config_.width = 24;
    config_.depth = 2;
    config_.heads = 3;
    config_.mlp_ratio = 2;
    config_.classes = 7;
    request_.model.heads = 3;
    for (const auto& [name, shape] : vit_backbone(config_)->parameters().all()) add(name, shape);
  }
  void TearDown() override { fs::remove(path_); }

  void add(const std::string& name, const Shape& shape) {
    std::vector<float>& values = values_[name];
    values.resize(static_cast<size_t>(shape.size()));
    fill_synthetic(name, shape, values);
    tensors_[name] = f32_tensor(shape, values);
  }

  VitCheckpoint open() {
    write_safetensors(path_, tensors_, metadata_);
    return open_vit_checkpoint(open_backbone_file(path_), request_);
  }

  std::string error() {
    return error_text([&] { open(); });
  }

  void expect_error(const std::string& part) {
    const std::string text = error();
    EXPECT_NE(text.find(part), std::string::npos) << text;
    EXPECT_NE(text.find(path_.string()), std::string::npos) << text;
  }

  fs::path path_;
  VitConfig config_;
  BackboneRequest request_;
  TensorMap tensors_;
  MetadataMap metadata_;
  std::map<std::string, std::vector<float>> values_;
};

TEST_F(VitCheckpointTest, LoadsEverythingAsItIs) {
  const VitCheckpoint c = open();
  EXPECT_EQ(c.report.loaded, std::ssize(tensors_));
  EXPECT_EQ(c.report.parameters, c.report.loaded);
  EXPECT_TRUE(c.report.initialised.empty() && c.report.ignored.empty() && c.report.reshaped.empty());
  for (const auto& [name, values] : values_) {
    std::vector<float> got(values.size());
    ASSERT_TRUE(c.plan.source(name, tensors_.at(name).shape, got)) << name;
    EXPECT_EQ(got, values) << name;
  }
  std::vector<float> other(4);
  EXPECT_FALSE(
      c.plan.source("blocks.0.adaptmlp.down_proj.bias", {4}, other));  // a method's, not the checkpoint's
  EXPECT_THROW(c.plan.source("norm.bias", {4}, other), Error);
}

TEST_F(VitCheckpointTest, TheHeadIsReplacedForOtherClasses) {
  request_.classes = 3;
  const VitCheckpoint c = open();
  EXPECT_EQ(c.config.classes, 3);
  EXPECT_FALSE(c.plan.has_head);
  ASSERT_EQ(c.report.initialised.size(), 2u);
  EXPECT_EQ(c.report.initialised[1].name, "head.weight");
  EXPECT_EQ(c.report.initialised[1].note, "[7, 24] in the file, [3, 24] wanted");
  std::vector<float> head(3 * 24);
  EXPECT_FALSE(c.plan.source("head.weight", {3, 24}, head));
}

TEST_F(VitCheckpointTest, AHeadCanBeLeftOut) {
  request_.classes = 0;
  EXPECT_EQ(open().config.classes, 0);
}

TEST_F(VitCheckpointTest, PositionsAreResampledAndKeepTheClassTokens) {
  request_.model.image_size = 24;
  const VitCheckpoint c = open();
  ASSERT_EQ(c.report.reshaped.size(), 1u);
  EXPECT_EQ(c.report.reshaped[0].note, "[1, 17, 24] to [1, 37, 24]");
  EXPECT_EQ(c.preprocess.size, 24);
  std::vector<float> positions(37 * 24);
  ASSERT_TRUE(c.plan.source("pos_embed", {1, 37, 24}, positions));
  EXPECT_TRUE(std::equal(positions.begin(), positions.begin() + 24, values_.at("pos_embed").begin()));
}

// Of timm's names, unless the file's metadata or who asks say it.
TEST_F(VitCheckpointTest, PositionsAreResampledAsTheFileSays) {
  request_.model.image_size = 24;
  const auto expect = [&](PositionResample how) {
    const VitCheckpoint c = open();
    EXPECT_EQ(c.config.position_resample, how);
    std::vector<float> want(37 * 24), got(37 * 24);
    resample_pos_embed(values_.at("pos_embed"), 1, 24, 4, 6, how, want);
    ASSERT_TRUE(c.plan.source("pos_embed", {1, 37, 24}, got));
    EXPECT_EQ(got, want);
  };
  expect(PositionResample::bicubic_antialias);
  config_.position_resample = PositionResample::bicubic_offset;
  write_vit_metadata(config_, {}, metadata_);
  expect(PositionResample::bicubic_offset);
  request_.position_resample = PositionResample::bilinear;  // an adapter's
  expect(PositionResample::bilinear);
}

TEST_F(VitCheckpointTest, MissingTensorsAreAnErrorWithTheNearestName) {
  tensors_["blocks.1.norm2.wieght"] = tensors_.at("blocks.1.norm2.weight");
  tensors_.erase("blocks.1.norm2.weight");
  expect_error("1 of the model's tensors missing, first `blocks.1.norm2.weight`");
  expect_error("did you mean `blocks.1.norm2.wieght`?");
}

TEST_F(VitCheckpointTest, UnexpectedTensorsAreAnErrorUnlessAskedFor) {
  add("blocks.1.norm3.weight", {24});
  expect_error("1 tensors that a ViT of timm");
  expect_error("`blocks.1.norm3.weight` [24]; did you mean `blocks.1.norm");
  request_.strict = false;
  const VitCheckpoint c = open();
  ASSERT_EQ(c.report.unexpected.size(), 1u);
  EXPECT_NE(c.report.text().find("unexpected   blocks.1.norm3.weight"), std::string::npos) << c.report.text();
}

TEST_F(VitCheckpointTest, WrongShapesNameTheTensor) {
  add("blocks.1.attn.proj.weight", {24, 12});
  expect_error("blocks.1.attn.proj.weight: expected [24, 24] for blocks.1.attn.proj.weight, got [24, 12]");
}

TEST_F(VitCheckpointTest, PositionsMustFormASquare) {
  add("pos_embed", {1, 20, 24});
  expect_error("pos_embed: expected positions of a square of patches, got 20");
}

TEST_F(VitCheckpointTest, AFileOfAnotherKindSaysWhatItHolds) {
  tensors_.clear();
  values_.clear();
  add("conv1.weight", {8, 3, 3, 3});
  expect_error("expected a vision transformer in the names of");
  expect_error("got 1 tensors: conv1.weight");
}

TEST(VitPresets, EveryListedNameIsAPreset) {
  for (const std::string& name : vit_preset_names()) {
    const VitConfig c = vit_preset(name);
    EXPECT_EQ(c.image_size % c.patch_size, 0) << name;
    EXPECT_FALSE(vit_backbone(c)->parameters().all().empty()) << name;
  }
  EXPECT_EQ(vit_preset("vit_base_patch14_reg4_dinov2_518").registers, 4);
  EXPECT_EQ(vit_preset("vit_large_patch14_clip_quickgelu_336").act, Activation::quick_gelu);
  EXPECT_EQ(vit_preset("deit_small_distilled_patch16_224").prefix(), 2);
  EXPECT_THROW(vit_preset("vit_base_patch16_dinov3_224"), Error);
}

}  // namespace
}  // namespace ax
