// What holds for every row of the table of families.
#include "adapterx/models/backbone.h"

#include <gtest/gtest.h>

#include <set>

#include "adapterx/base/error_text_test.h"
#include "adapterx/data/images/image_input.h"
#include "adapterx/data/points/point_input.h"
#include "adapterx/models/checkpoint/metadata_keys.h"
#include "adapterx/models/micro_backbones_test.h"

namespace ax {
namespace {

// An input that differs from what a family takes where nothing is said.
ModelInputPtr unusual_input(const Backbone& backbone) {
  if (&backbone.family() == &point_family()) {
    return std::make_shared<PointInput>(PointPreprocess{point_config(backbone).points, false, 77});
  }
  Preprocess p = preprocess_preset("clip");
  p.size = vit_config(backbone).image_size;
  p.crop = Crop::squash;
  return std::make_shared<ImageInput>(p);
}

MetadataMap metadata_of(const Backbone& backbone, const ModelInput& input) {
  MetadataMap metadata;
  backbone.write_metadata(input, metadata);
  return metadata;
}

TEST(BackboneFamilies, EachPresetIsOfOneFamily) {
  std::set<std::string> seen;
  for (const BackboneFamily* family : backbone_families()) {
    ASSERT_FALSE(family->preset_names().empty());
    for (const std::string& name : family->preset_names()) {
      EXPECT_TRUE(seen.insert(name).second) << name;
      EXPECT_EQ(&family_of_preset(name), family) << name;
    }
    const BackboneModel model = backbone_preset(family->preset_names()[0]);
    EXPECT_EQ(&model.backbone->family(), family);
    EXPECT_EQ(model.input->name(), family->input()->name());
    EXPECT_EQ(model.backbone->input_name(), model.input->name());
  }
}

TEST(BackboneFamilies, ANameThatIsNearOneFamilyIsItsAlone) {
  expect_part(error_text([] { backbone_preset("point_mea"); }), "did you mean `point_mae`?");
  expect_part(error_text([] { backbone_preset("vit_bsae_patch16_224"); }),
              "did you mean `vit_base_patch16_224`?");
  // Of the pattern, but not of the list.
  EXPECT_EQ(backbone_preset("vit_small_patch7_98").backbone->patches(), 14 * 14);
}

TEST(BackboneFamilies, MetadataAreOfOneFamilyAndReadAsWritten) {
  for (const BackbonePtr& backbone : micro_backbones()) {
    const MetadataMap metadata = metadata_of(*backbone, *unusual_input(*backbone));
    const TensorFile file = OwnedTensors().file(metadata);
    const auto model = read_backbone_metadata(file);
    ASSERT_TRUE(model.has_value());
    EXPECT_EQ(metadata_of(*model->backbone, *model->input), metadata);
    for (const BackboneFamily* family : backbone_families()) {
      EXPECT_EQ(family->read_metadata(file).has_value(), family == &backbone->family()) << family->name();
    }
  }
  EXPECT_FALSE(read_backbone_metadata(OwnedTensors().file()).has_value());
}

TEST(BackboneFamilies, AFileOfOursOpensAsTheModelItWas) {
  for (const BackbonePtr& backbone : micro_backbones()) {
    const ModelInputPtr input = unusual_input(*backbone);
    const MetadataMap metadata = metadata_of(*backbone, *input);
    const TemporaryFile file("backbone.safetensors");
    OwnedTensors owned;
    owned.add_all(backbone->parameters().all());
    write_safetensors(file.path, owned.tensors, metadata);
    EXPECT_EQ(&family_of_file(*open_backbone_file(file.path)), &backbone->family());
    const BackboneCheckpoint opened = open_backbone(file.path, {});
    EXPECT_EQ(metadata_of(*opened.backbone, *opened.input), metadata);
    EXPECT_TRUE(opened.report.assumed.empty()) << opened.report.text();
    EXPECT_TRUE(opened.has_head);
    EXPECT_FALSE(opened.is_projection);
    EXPECT_EQ(opened.stored, backbone->parameters().backbone);
    for (const auto& [name, values] : owned.values) {
      std::vector<float> got(values.size());
      ASSERT_TRUE(opened.source(name, owned.tensors.at(name).shape, got)) << name;
      EXPECT_EQ(got, values) << name;
    }
  }
}

// As an adapter file opens its backbone, of which the checkpoint says less.
TEST(BackboneFamilies, TheRequestOfABackboneOpensIt) {
  for (const BackbonePtr& backbone : micro_backbones()) {
    const TemporaryFile file("request.safetensors");
    OwnedTensors owned;
    owned.add_all(backbone->parameters().all());
    write_safetensors(file.path, owned.tensors);
    const BackboneCheckpoint opened = open_backbone(file.path, backbone->request());
    const ModelInputPtr input = unusual_input(*backbone);
    EXPECT_EQ(metadata_of(*opened.backbone, *input), metadata_of(*backbone, *input));
  }
}

TEST(BackboneFamilies, OtherClassesAreAnotherHeadAlone) {
  for (const BackbonePtr& backbone : micro_backbones()) {
    const ModelParameters before = backbone->parameters(), after = backbone->with_classes(9)->parameters();
    EXPECT_EQ(backbone->with_classes(9)->classes(), 9);
    EXPECT_EQ(before.backbone, after.backbone);
    EXPECT_NE(before.head, after.head);
    EXPECT_EQ(before.all().size(), before.backbone.size() + before.head.size());
    EXPECT_TRUE(backbone->with_classes(0)->parameters().head.empty());
  }
}

TEST(BackboneFamilies, PositionsAddedOnceAreTheSameParameters) {
  for (const BackbonePtr& backbone : micro_backbones()) {
    const BackbonePtr once = backbone->with_positions_once();
    EXPECT_EQ(once->parameters().all(), backbone->parameters().all());
    const ModelInputPtr input = unusual_input(*backbone);
    EXPECT_EQ(metadata_of(*once->with_positions_once(), *input), metadata_of(*once, *input));
  }
  EXPECT_EQ(point_config(*point_backbone(micro_points())->with_positions_once()).positions,
            PositionUse::once);
}

TEST(BackboneFamilies, PatchesAreThoseOfTheGraph) {
  for (const BackbonePtr& backbone : micro_backbones()) {
    Graph graph;
    Slots none;
    const BuiltBackbone built = backbone->build(graph, {.batch = 2}, none);
    EXPECT_EQ(built.features.patches, backbone->patches());
    EXPECT_EQ(std::ssize(built.features.blocks), backbone->depth());
    EXPECT_EQ(built.features.tokens.shape()[2], backbone->width());
    EXPECT_EQ(graph.info(built.input.id).name, backbone->input_name());
  }
}

TEST(BackboneFamilies, AnAdapterIsNoBackbone) {
  const TemporaryFile file("adapter.safetensors");
  OwnedTensors owned;
  owned.add("blocks.0.adapter.weight", {2, 2});
  write_safetensors(file.path, owned.tensors, {{std::string(kBackboneKey), "{}"}});
  expect_part(error_text([&] { open_backbone(file.path, {}); }), "expected a whole model, got an adapter");
}

TEST(BackboneFamilies, AFileOfNoFamilySaysWhatItHolds) {
  const TemporaryFile file("other.safetensors");
  OwnedTensors owned;
  owned.add("conv1.weight", {8, 3, 3, 3});
  write_safetensors(file.path, owned.tensors);
  expect_part(error_text([&] { open_backbone(file.path, {}); }), "got 1 tensors: conv1.weight");
  EXPECT_THROW(describe_checkpoint(*open_backbone_file(file.path)), Error);
}

}  // namespace
}  // namespace ax
