// The backbone a config means: by its name, by what its file holds, or by sizes.
#include "adapterx/train/model_setup.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "adapterx/base/error_text_test.h"
#include "adapterx/train/adapter_file.h"
#include "adapterx/train/micro_models_test.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

class ModelSetupTest : public testing::Test {
 protected:
  ModelSetupTest() : path_(fs::temp_directory_path() / fmt::format("ax_model_setup_{}", ::getpid())) {}
  ~ModelSetupTest() override { fs::remove(path_); }

  void save(const BackbonePtr& model, FileDType dtype = FileDType::f32) const {
    save_backbone(path_, {model, input_of(*model)}, synthetic_source, dtype);
  }
  ModelConfig config() const {
    ModelConfig c;
    c.weights = path_.string();
    return c;
  }

  fs::path path_;
};

TEST_F(ModelSetupTest, TheFileTellsTheFamilyAndIsOpenedOnce) {
  for (const BackbonePtr& model : micro_models()) {
    save(model);
    const NamedBackbone named(config());
    EXPECT_EQ(&named.family(), &model->family());
    fs::remove(path_);
    const ModelSetup setup = named.open(9, false), again = named.open(2, false);
    EXPECT_EQ(setup.model->classes(), 9);
    EXPECT_EQ(again.model->classes(), 2);
    EXPECT_EQ(setup.backbone, again.backbone);
    EXPECT_EQ(setup.model->parameters().backbone, model->parameters().backbone);
    EXPECT_EQ(setup.input->text(), input_of(*model)->text());
    EXPECT_TRUE(setup.report.has_value());
  }
}

// Of the same number of classes, too: they are others.
TEST_F(ModelSetupTest, TheHeadIsNeverTheFiles) {
  for (const BackbonePtr& model : micro_models()) {
    save(model);
    const ModelSetup setup = NamedBackbone(config()).open(model->classes(), false);
    for (const auto& [name, shape] : model->parameters().all()) {
      std::vector<float> values(static_cast<size_t>(shape.size()));
      EXPECT_EQ(setup.source(name, shape, values), model->parameters().backbone.contains(name)) << name;
    }
  }
}

TEST_F(ModelSetupTest, WithoutWeightsItStartsFromScratch) {
  ModelConfig c;
  c.name = "point_small";
  c.depth = 2;
  const NamedBackbone named(c);
  EXPECT_EQ(named.family().name(), "point_transformer");
  const ModelSetup setup = named.open(3, false);
  EXPECT_EQ(setup.model->depth(), 2);
  EXPECT_EQ(setup.model->classes(), 3);
  EXPECT_FALSE(setup.source);
  EXPECT_FALSE(setup.backbone.has_value() || setup.report.has_value());
  expect_part(error_text([] { NamedBackbone(ModelConfig{}).open(3, false); }),
              "expected weights, the name of");
}

TEST_F(ModelSetupTest, AnUnknownNameShowsBeforeAFileIsOpened) {
  ModelConfig c = config();  // there is no such file
  c.name = "point_smal";
  expect_part(error_text([&] { const NamedBackbone named(c); }), "did you mean `point_small`?");
  c.name = "point_small";
  expect_part(error_text([&] { const NamedBackbone named(c); }), path_.string());
}

TEST_F(ModelSetupTest, SizesMustBeTheFiles) {
  save(micro_models()[0]);
  const auto error_with = [&](const auto& change) {
    ModelConfig c = config();
    change(c);
    return error_text([&] { NamedBackbone(c).open(3, false); });
  };
  EXPECT_EQ(error_with([](ModelConfig& c) {
              c.width = 16;
              c.depth = 2;
              c.mlp_ratio = 1;
              c.patch_size = 8;
            }),
            "no error");
  expect_part(error_with([](ModelConfig& c) { c.width = 17; }), "expected width 17 (model.width), got 16");
  expect_part(error_with([](ModelConfig& c) { c.depth = 3; }), "expected depth 3 (model.depth), got 2");
  expect_part(error_with([](ModelConfig& c) { c.mlp_ratio = 2; }),
              "expected mlp_ratio 2 (model.mlp_ratio), got 1");
  expect_part(error_with([](ModelConfig& c) { c.patch_size = 4; }),
              "expected patch_size 4 (model.patch_size)");
}

// A file has the hidden width alone, which is rounded: 2.6 of 16 are 41, and 41 of 16 are 2.5625.
TEST_F(ModelSetupTest, ARatioIsTheFilesWhereTheHiddenWidthIs) {
  ModelConfig c = config();
  c.mlp_ratio = 2.6;
  for (const BackbonePtr& micro : micro_models()) {
    BackbonePtr model;
    if (is_of_points(*micro)) {
      PointTransformerConfig points = point_config(*micro);
      points.mlp_ratio = 2.6f;
      model = point_backbone(points);
    } else {
      VitConfig vit = vit_config(*micro);
      vit.mlp_ratio = 2.6f;
      model = vit_backbone(vit);
    }
    save(model);
    EXPECT_EQ(error_text([&] { NamedBackbone(c).open(3, false); }), "no error") << model->text();
    c.mlp_ratio = 2.7;
    expect_part(error_text([&] { NamedBackbone(c).open(3, false); }), "expected mlp_ratio 2.7");
    c.mlp_ratio = 2.6;
  }
}

// An adapter finds its backbone by the values, in whatever file they are.
TEST_F(ModelSetupTest, TheHashIsOfTheBackbonesValues) {
  for (const BackbonePtr& model : micro_models()) {
    const auto hash = [&](int64_t classes = 3) {
      return NamedBackbone(config()).open(classes, false).backbone->hash;
    };
    save(model);
    const std::string own = hash();
    EXPECT_EQ(own.size(), 32u);
    EXPECT_EQ(hash(5), own);
    save(model->with_classes(0));
    EXPECT_EQ(hash(), own);
    save(model, FileDType::bf16);
    EXPECT_NE(hash(), own);
  }
}

TEST_F(ModelSetupTest, AnotherImageSizeIsTheSameBackbone) {
  save(micro_models()[0]);
  ModelConfig c = config();
  const ModelSetup own = NamedBackbone(c).open(3, false);
  c.image_size = 32;
  const ModelSetup larger = NamedBackbone(c).open(3, false);
  EXPECT_NE(larger.model->patches(), own.model->patches());
  EXPECT_EQ(larger.backbone, own.backbone);
}

TEST(BackboneHash, TellsNamesAndValuesApart) {
  const auto hash = [](const std::string& name, float value) {
    const WeightSource source = [&](std::string_view, const Shape&, std::span<float> out) {
      std::ranges::fill(out, value);
      return true;
    };
    return backbone_hash(source, {{name, {3}}, {"z", {2}}});
  };
  EXPECT_EQ(hash("a", 1), hash("a", 1));
  EXPECT_NE(hash("a", 1), hash("b", 1));
  EXPECT_NE(hash("a", 1), hash("a", 2));
  EXPECT_NE(hash("a", 0.0f), hash("a", -0.0f));  // bits, not numbers
  const WeightSource none = [](std::string_view, const Shape&, std::span<float>) { return false; };
  expect_part(error_text([&] { backbone_hash(none, {{"a", {3}}}); }), "a: no value to hash");
}

}  // namespace
}  // namespace ax
