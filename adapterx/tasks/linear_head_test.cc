#include "adapterx/tasks/linear_head.h"

#include <gtest/gtest.h>

#include "adapterx/graph/ops/multiply.h"
#include "adapterx/tasks/classification.h"
#include "adapterx/tasks/micro_backbones_test.h"

namespace ax {
namespace {

std::optional<LinearHead> found(const Backbone& backbone, Slots& slots,
                                const Task& task = *classification({})) {
  Graph graph;
  return task.build(graph, backbone, {.batch = 2, .from_scratch = true}, slots).linear_head;
}

BackbonePtr vit(bool distilled) {
  VitConfig config = vit_config(*micro_backbones().front());
  config.distilled = distilled;
  return vit_backbone(config);
}

TEST(LinearHead, IsThatOfAViT) {
  Slots none;
  const auto head = found(*vit(false), none);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->weight, "head.weight");
  EXPECT_EQ(head->bias, "head.bias");
}

struct ScaledLogits : Slots {
  Value logits(const Site&, Value, Value logits) override { return scale(logits, 2); }
};

TEST(LinearHead, IsNoOtherHead) {
  Slots none;
  ScaledLogits scaled;
  EXPECT_FALSE(found(*micro_backbones().back(), none));  // of clouds: three layers with batch norms
  EXPECT_FALSE(found(*vit(true), none));                 // two heads
  EXPECT_FALSE(found(*vit(false), scaled));
  EXPECT_FALSE(found(*vit(false)->with_classes(0), none));
  EXPECT_FALSE(found(*vit(false), none, *classification({}, {.target_rows = true, .heads = {2, 3}})));
}

}  // namespace
}  // namespace ax
