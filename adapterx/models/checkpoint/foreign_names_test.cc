#include "adapterx/models/checkpoint/foreign_names.h"

#include <gtest/gtest.h>

#include "adapterx/base/error_text_test.h"
#include "adapterx/models/micro_backbones_test.h"

namespace ax {
namespace {

// A file with tensors of these names, of one number each.
OwnedTensors with(const std::vector<std::string>& names) {
  OwnedTensors owned;
  for (const std::string& name : names) owned.add(name, {1});
  return owned;
}

void add_vit(OwnedTensors& owned, const std::string& root) {
  for (const auto& [name, shape] : vit_backbone(micro_vit())->parameters().all())
    owned.add(root + name, shape);
}

TEST(ForeignNames, ChunksOfBlocksAreBlocks) {
  const OwnedTensors owned = with({"a.blocks.0.0.norm1.weight", "a.blocks.1.7.norm1.weight", "norm.weight"});
  const TensorFile file = owned.file();
  const ForeignNames names(file);
  EXPECT_TRUE(names.contains("a.blocks.7.norm1.weight"));
  EXPECT_FALSE(names.contains("a.blocks.1.7.norm1.weight"));
  EXPECT_EQ(names.original("a.blocks.7.norm1.weight"), "a.blocks.1.7.norm1.weight");
  EXPECT_EQ(names.original("norm.weight"), "norm.weight");
}

TEST(ForeignNames, StagesOfBlocksAreNoChunks) {
  // Swin numbers the blocks of each stage from 0 on.
  const OwnedTensors owned = with({"blocks.0.0.norm1.weight", "blocks.1.0.norm1.weight"});
  const TensorFile file = owned.file();
  const ForeignNames names(file);
  EXPECT_TRUE(names.contains("blocks.1.0.norm1.weight"));
  EXPECT_EQ(names.names().size(), 2u);
}

TEST(ForeignNames, OtherNumbersAreNoChunks) {
  for (const char* name :
       {"blocks.3.norm1.weight", "blocks.3", "blocks.3.4", "blocks.x.4.norm", "blocks..4.norm"}) {
    const OwnedTensors owned = with({name});
    const TensorFile file = owned.file();
    EXPECT_TRUE(ForeignNames(file).contains(name)) << name;
  }
}

TEST(ForeignNames, ACaretLeadsOutOfTheRoot) {
  EXPECT_EQ(ForeignNames::at_root("model.vit.", "norm.weight"), "model.vit.norm.weight");
  EXPECT_EQ(ForeignNames::at_root("model.vit.", "^classifier.weight"), "model.classifier.weight");
  EXPECT_EQ(ForeignNames::at_root("vit.", "^classifier.weight"), "classifier.weight");
  EXPECT_EQ(ForeignNames::at_root("opt/target/", "^head/kernel"), "opt/head/kernel");
  EXPECT_EQ(ForeignNames::at_root("", "^classifier.weight"), "classifier.weight");
}

TEST(ForeignNames, FindsTheBackboneWhereverItLies) {
  for (const char* root : {"", "state_dict.", "model.module."}) {
    OwnedTensors owned;
    add_vit(owned, root);
    const TensorFile file = owned.file();
    const FoundKeyMap found = ForeignNames(file).find_key_map();
    EXPECT_EQ(found.root, root);
    EXPECT_TRUE(found.others.empty());
  }
}

TEST(ForeignNames, OfSeveralTheAveragedOneIsTaken) {
  OwnedTensors owned;
  add_vit(owned, "student.");
  add_vit(owned, "teacher.backbone.");
  const TensorFile file = owned.file();
  const FoundKeyMap found = ForeignNames(file).find_key_map();
  EXPECT_EQ(found.root, "teacher.backbone.");
  EXPECT_EQ(found.others, std::vector<std::string>{"student."});
}

TEST(ForeignNames, AnotherNetworkIsNamedByItsFirstTensors) {
  const OwnedTensors owned = with({"a", "b", "c", "d", "e", "f"});
  const TensorFile file = owned.file();
  EXPECT_FALSE(ForeignNames(file).holds_key_map());
  expect_part(error_text([&] { ForeignNames(file).find_key_map(); }), "got 6 tensors: a, b, c, d, e, ...");
}

}  // namespace
}  // namespace ax
