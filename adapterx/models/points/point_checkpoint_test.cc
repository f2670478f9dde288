// Files as the published projects save them, made of known values, open as one model.
#include "adapterx/models/points/point_checkpoint.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "adapterx/base/error_text_test.h"
#include "adapterx/io/tensors/safetensors.h"
#include "adapterx/models/checkpoint/metadata_keys.h"
#include "adapterx/models/points/point_family.h"
#include "adapterx/models/points/point_metadata.h"
#include "adapterx/models/synthetic_weights.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

class PointCheckpointTest : public testing::Test {
 protected:
  void SetUp() override {
    path_ = fs::temp_directory_path() / fmt::format("ax_point_checkpoint_{}.safetensors", ::getpid());
    config_.encoder = {8, 12, 16, 64};
    config_.position_hidden = 8;
    config_.width = 64;
    config_.depth = 2;
    config_.heads = 1;
    config_.mlp_ratio = 2;
    config_.classes = 0;
  }
  void TearDown() override { fs::remove(path_); }

  void add(const std::string& file_name, const std::string& name, const Shape& shape) {
    std::vector<float>& values = values_[file_name];
    values.resize(static_cast<size_t>(shape.size()));
    fill_synthetic(name, shape, values);
    tensors_[file_name] = f32_tensor(shape, values);
  }

  // The backbone as Point-MAE's modules name it, below `root`.
  void add_backbone(const std::string& root, bool class_token) {
    for (const auto& [name, shape] : point_backbone(config_)->parameters().all()) {
      if (!class_token && name.starts_with("cls_")) continue;
      std::string theirs = name;
      if (theirs.starts_with("blocks.")) theirs = "blocks." + theirs;
      if (theirs.starts_with("head.")) theirs = "cls_head_finetune." + theirs.substr(5);
      add(root + theirs, name, shape);
      if (name.ends_with("running_mean")) {
        const size_t part = theirs.rfind('.');
        add(root + theirs.substr(0, part) + ".num_batches_tracked", "counter", {1});
      }
    }
  }

  PointCheckpoint open() {
    write_safetensors(path_, tensors_, metadata_);
    return open_point_checkpoint(open_backbone_file(path_), request_);
  }

  void expect_whole(const PointCheckpoint& checkpoint, const std::string& but = "none") {
    for (const auto& [name, shape] : point_backbone(checkpoint.config)->parameters().all()) {
      std::vector<float> got(static_cast<size_t>(shape.size())), want(got.size());
      ASSERT_TRUE(checkpoint.plan.source(name, shape, got)) << name;
      fill_synthetic(name, shape, want);
      if (!name.starts_with(but)) {
        EXPECT_EQ(got, want) << name;
      }
    }
  }

  std::string error() {
    return error_text([&] { open(); });
  }

  fs::path path_;
  PointTransformerConfig config_;
  BackboneRequest request_;
  std::map<std::string, std::vector<float>> values_;
  TensorMap tensors_;
  MetadataMap metadata_;
};

TEST_F(PointCheckpointTest, OpensEachProjectsNames) {
  const std::pair<const char*, const char*> roots[] = {
      {"base_model.module.MAE_encoder.", "Point-MAE or ReCon"},
      {"base_model.MAE_encoder.", "Point-MAE or ReCon"},
      {"base_model.ACT_encoder.", "ACT"},
      {"base_model.module.transformer_q.", "Point-BERT"},
      {"base_model.", "a point transformer"},
      {"module.", "a point transformer"},
      {"", "a point transformer"}};
  for (const auto& [root, family] : roots) {
    tensors_.clear();
    add_backbone(root, true);
    const PointCheckpoint checkpoint = open();
    EXPECT_EQ(checkpoint.report.root, root);
    EXPECT_EQ(checkpoint.report.family, family);
    EXPECT_EQ(checkpoint.config.width, 64);
    EXPECT_EQ(checkpoint.config.depth, 2);
    EXPECT_EQ(checkpoint.config.encoder, config_.encoder);
    EXPECT_EQ(checkpoint.config.hidden(), 128);
    expect_whole(checkpoint);
  }
}

TEST_F(PointCheckpointTest, TakesPointBertsQueryEncoderNotItsMomentumCopy) {
  add_backbone("base_model.transformer_q.", true);
  add_backbone("base_model.transformer_k.", true);
  values_["base_model.transformer_k.norm.weight"][0] = 99;
  add("base_model.dvae.encoder.first_conv.0.weight", "x", {8, 3, 1});
  add("base_model.transformer_q.lm_head.weight", "x", {4, 64});
  const PointCheckpoint checkpoint = open();
  EXPECT_EQ(checkpoint.report.root, "base_model.transformer_q.");
  expect_whole(checkpoint);
}

TEST_F(PointCheckpointTest, ReadsPointBertsReducedWidth) {
  config_.encoder[3] = 32;
  config_.reduce_dim = true;
  add_backbone("base_model.transformer_q.", true);
  const PointCheckpoint checkpoint = open();
  EXPECT_TRUE(checkpoint.config.reduce_dim);
  expect_whole(checkpoint);
}

TEST_F(PointCheckpointTest, AMaskedPretrainingHasNoClassTokenAndItsDecoderIsIgnored) {
  add_backbone("base_model.MAE_encoder.", false);
  add("base_model.mask_token", "x", {1, 1, 64});
  add("base_model.MAE_decoder.blocks.0.norm1.weight", "x", {64});
  add("base_model.increase_dim.0.weight", "x", {96, 64, 1});
  const PointCheckpoint checkpoint = open();
  expect_whole(checkpoint, "cls_");
  EXPECT_EQ(checkpoint.report.initialised.size(), 2u);
  std::vector<float> once(64), again(64);
  checkpoint.plan.source("cls_token", {1, 1, 64}, once);
  open().plan.source("cls_token", {1, 1, 64}, again);
  EXPECT_EQ(once, again);  // an adapter that leaves it frozen finds it as it was
}

TEST_F(PointCheckpointTest, IgnoresReConsContrastiveBranch) {
  add_backbone("base_model.MAE_encoder.", true);
  add("base_model.MAE_encoder.img_token", "x", {1, 1, 64});
  add("base_model.MAE_encoder.blocks.blocks.1.attn_contrast.q.weight", "x", {64, 64});
  expect_whole(open());
}

TEST_F(PointCheckpointTest, KeepsAHeadOfTheSameClassesAndReplacesOthers) {
  config_.classes = 5;
  add_backbone("base_model.", true);
  const PointCheckpoint same = open();
  EXPECT_TRUE(same.plan.has_head);
  EXPECT_EQ(same.config.classes, 5);
  request_.classes = 3;
  const PointCheckpoint other = open();
  EXPECT_FALSE(other.plan.has_head);
  std::vector<float> head(3 * 256);
  EXPECT_FALSE(other.plan.source("head.8.weight", {3, 256}, head));
}

TEST_F(PointCheckpointTest, OurMetadataSaysWhatShapesDoNot) {
  config_.heads = 4;
  config_.groups = 9;
  config_.positions = PositionUse::once;
  config_.batch_norm = FrozenBatchNorm::fixed;
  add_backbone("", true);
  PointPreprocess preprocess;
  preprocess.unit_sphere = false;
  write_point_metadata(config_, preprocess, metadata_);
  const PointCheckpoint checkpoint = open();
  EXPECT_EQ(checkpoint.config.heads, 4);
  EXPECT_EQ(checkpoint.config.groups, 9);
  EXPECT_EQ(checkpoint.config.positions, PositionUse::once);
  EXPECT_EQ(checkpoint.config.batch_norm, FrozenBatchNorm::fixed);
  EXPECT_FALSE(checkpoint.preprocess.unit_sphere);
}

TEST_F(PointCheckpointTest, ErrorsNameTensorAndReason) {
  add_backbone("base_model.MAE_encoder.", true);
  const std::string lost = "base_model.MAE_encoder.blocks.blocks.1.mlp.fc2.bias";
  const TensorInfo kept = tensors_.at(lost);
  tensors_.erase(lost);
  EXPECT_NE(error().find("1 of the model's tensors missing, first `blocks.1.mlp.fc2.bias`"),
            std::string::npos)
      << error();
  tensors_[lost] = kept;
  add("base_model.MAE_encoder.blocks.blocks.1.attn.qkv.bias", "x", {192});
  EXPECT_NE(error().find("attn.qkv.bias` [192]"), std::string::npos) << error();
  request_.strict = false;
  EXPECT_EQ(error(), "no error");
  request_.model.name = "point_mae";
  EXPECT_NE(error().find("expected width 384 for model `point_mae`, got 64"), std::string::npos) << error();
  request_.model.name = "point_mea";
  EXPECT_NE(error().find("did you mean `point_mae`"), std::string::npos) << error();
  tensors_.erase("base_model.MAE_encoder.encoder.first_conv.0.weight");
  EXPECT_NE(error().find("expected a point transformer"), std::string::npos) << error();
}

TEST_F(PointCheckpointTest, MetadataOfNoModelIsAnError) {
  add_backbone("", true);
  write_point_metadata(config_, {}, metadata_);
  std::string& text = metadata_[std::string(kModelKey)];
  const std::string good = text;
  for (const auto& [from, to] : std::initializer_list<std::pair<std::string, std::string>>{
           {"\"groups\":64", "\"groups\":-1"},
           {"\"group_size\":32", "\"group_size\":\"x\""},
           {"\"heads\":1", "\"heads\":0"},
           {"\"every_block\"", "\"evry_block\""}}) {
    text = good;
    ASSERT_NE(text.find(from), std::string::npos) << text;
    text.replace(text.find(from), from.size(), to);
    EXPECT_NE(error().find("metadata `adapterx.model`"), std::string::npos) << error();
  }
}

}  // namespace
}  // namespace ax
