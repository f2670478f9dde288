#include "adapterx/train/trained_parts.h"

#include <gtest/gtest.h>

#include "adapterx/methods/method.h"
#include "adapterx/models/vit/vit_family.h"

namespace ax {
namespace {

VitConfig small_model() {
  VitConfig c;
  c.image_size = 32;
  c.patch_size = 8;
  c.width = 48;
  c.depth = 2;
  c.heads = 3;
  c.classes = 5;
  return c;
}

TrainedParts parts_of(const std::string& method, const VitConfig& model) {
  Graph graph;
  build_vit(graph, model, {2, true, 0}, *make_method(method)->adapt()).features.head(model.classes);
  return trained_parts(TrainedParameters(graph).entries(), *vit_backbone(model));
}

std::vector<std::string> names_of(const TrainedParts& parts) {
  std::vector<std::string> names;
  for (const TrainedPart& p : parts.parts) names.push_back(p.name);
  return names;
}

using Names = std::vector<std::string>;

TEST(TrainedParts, AreCountedApart) {
  const TrainedParts parts = parts_of("adaptformer", small_model());
  ASSERT_EQ(names_of(parts), (Names{"adapter", "head"}));
  EXPECT_EQ(parts.parts[0].numbers, 2 * (64 * 48 * 2 + 64 + 48));
  EXPECT_EQ(parts.head, 5 * 48 + 5);
  EXPECT_EQ(parts.total, parts.parts[0].numbers + parts.head);
}

TEST(TrainedParts, AreListedInOneOrder) {
  EXPECT_EQ(names_of(parts_of("adaptformer_x", small_model())), (Names{"LN2", "CLS", "SMoA", "head"}));
  EXPECT_EQ(names_of(parts_of("dapt", small_model())), (Names{"PG", "CLS", "adapter", "TFTS", "head"}));
}

// LN2 and the class token are backbone where all of it is trained; both heads of DeiT are head.
TEST(TrainedParts, TheWholeBackboneIsOnePart) {
  VitConfig model = small_model();
  model.distilled = true;
  model.positioned_prefix = 2;
  const TrainedParts parts = parts_of("full", model);
  ASSERT_EQ(names_of(parts), (Names{"backbone", "head"}));
  EXPECT_EQ(parts.parts[0].numbers, parts.backbone);
  EXPECT_EQ(parts.head, 2 * (5 * 48 + 5));
}

// A label that no list knows comes between, in the order of the model, and is not the backbone's.
TEST(TrainedParts, OtherLabelsComeBetween) {
  Graph graph;
  graph.parameter("head.weight", {5, 48}, Init::zeros(), {"head", true});
  graph.parameter("a", {3}, Init::zeros(), {"later", true});
  graph.parameter("b", {7}, Init::zeros(), {"backbone", true});
  graph.parameter("c", {2}, Init::zeros(), {"also later", true});
  graph.parameter("d", {1}, Init::zeros(), {"TFTS", true});
  graph.parameter("e", {4}, Init::zeros(), {"later", true});
  graph.parameter("f", {40}, Init::zeros());
  graph.buffer("g", {50}, Init::zeros());
  const TrainedParts parts = trained_parts(TrainedParameters(graph).entries(), *vit_backbone(small_model()));
  EXPECT_EQ(names_of(parts), (Names{"TFTS", "later", "also later", "backbone", "head"}));
  EXPECT_EQ(parts.parts[1].numbers, 7);
  EXPECT_EQ(parts.total, 1 + 7 + 2 + 7 + 240);
}

}  // namespace
}  // namespace ax
