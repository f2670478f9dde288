#include "adapterx/app/model_count.h"

#include <gtest/gtest.h>

#include "adapterx/base/error_text_test.h"
#include "adapterx/models/vit/vit_family.h"

namespace ax {
namespace {

// timm has 86,567,656 of ViT-B/16; its paper (arXiv 2010.11929) and DeiT's (arXiv 2012.12877) give 17.6
// GMACs.
TEST(ModelCount, OfPublishedModels) {
  const ModelCount base = count_model(*backbone_preset("vit_base_patch16_224").backbone);
  EXPECT_EQ(base.parameters, 86'567'656);
  EXPECT_NEAR(base.flops, 2 * 17.56e9, 0.02e9 * 2);
}

TEST(ModelCount, FlopsAreOfAllMatrixProducts) {
  VitConfig c;
  c.width = 8;
  c.depth = 1;
  c.heads = 2;
  c.mlp_ratio = 2;
  c.patch_size = 4;
  c.image_size = 8;
  c.classes = 3;
  const double t = 5, patches = 4, d = 8;  // tokens: four patches and the class token
  const double products =
      patches * 48 * d + t * d * 3 * d + 2 * t * t * d + t * d * d + 2 * t * d * 2 * d + d * 3;
  EXPECT_EQ(count_model(*vit_backbone(c)).flops, 2 * products);
}

TEST(ModelCount, OfAMethodByItsParts) {
  const BackbonePtr base = backbone_preset("vit_base_patch16_224").backbone->with_classes(10);
  const Backbone& model = *base;
  const TrainedParts all = count_trained(model, "full", {}), probe = count_trained(model, "linear_probe", {});
  EXPECT_EQ(all.total, count_model(model).parameters);
  EXPECT_EQ(all.head, 768 * 10 + 10);
  EXPECT_EQ(all.backbone, all.total - all.head);
  EXPECT_EQ(probe.total, probe.head);
  EXPECT_EQ(probe.head, all.head);
  const TrainedParts eight = count_trained(model, "adaptformer", {"rank=8"}),
                     sixteen = count_trained(model, "adaptformer", {"rank=16"});
  EXPECT_EQ(sixteen.total - eight.total,
            12 * 8 * (2 * 768 + 1));  // a column down, its bias, a row up in each block
}

TEST(ModelCount, UnknownNamesAreTold) {
  const BackbonePtr tiny = backbone_preset("vit_tiny_patch16_224").backbone;
  const Backbone& model = *tiny;
  expect_part(error_text([&] { count_trained(model, "adaptformr", {}); }), "did you mean `adaptformer`?");
  expect_part(error_text([&] { count_trained(model, "adaptformer", {"rnk=8"}); }), "did you mean `rank`?");
}

}  // namespace
}  // namespace ax
