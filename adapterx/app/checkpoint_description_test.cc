#include "adapterx/models/backbone.h"

#include <nlohmann/json.hpp>

#include "adapterx/app/tiny_runs_test.h"
#include "adapterx/base/error_text_test.h"
#include "adapterx/io/tensors/safetensors.h"
#include "adapterx/models/synthetic_weights.h"
#include "adapterx/models/vit/vit_family.h"
#include "adapterx/models/vit/vit_presets.h"
#include "adapterx/train/adapter_file.h"

namespace ax {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using testing::tiny_runs;

TEST(CheckpointDescription, OfOurFiles) {
  tiny_runs().adapter("images", "full");
  const CheckpointDescription d =
      describe_checkpoint(open_tensor_file(tiny_runs().adapter("images", "full")));
  expect_part(d.title, "vision transformer, names of ");
  expect_part(d.geometry, "width 16, depth 2, 2 heads, MLP 32, patch size 4, image size 8, 2 classes");
  EXPECT_TRUE(d.assumed.empty());
  EXPECT_EQ(d.preset, "");  // none that is published
  const Json json = Json::parse(d.json);
  EXPECT_EQ(json["kind"], "vit");
  EXPECT_EQ(json["heads"], 2);
  EXPECT_EQ(json["norm_eps"], 1e-6);  // as written, not the float's digits
  EXPECT_TRUE(json["preset"].is_null());
}

TEST(CheckpointDescription, OfPointTransformers) {
  const CheckpointDescription d =
      describe_checkpoint(open_tensor_file(tiny_runs().adapter("clouds", "full")));
  expect_part(d.title, "point transformer, names of ");
  expect_part(d.geometry, "32 points in 6 groups of 8");
  EXPECT_FALSE(d.preset.has_value());
  EXPECT_EQ(Json::parse(d.json)["kind"], "point_transformer");
}

// A published model whose head was taken off, at another image size, still is that model.
TEST(CheckpointDescription, NamesThePresetOfAnArchitecture) {
  VitConfig config = vit_preset("vit_tiny_patch16_224");
  config.classes = 0;
  config.image_size = 96;
  const fs::path file = tiny_runs().path("tiny.safetensors");
  save_backbone(file, {vit_backbone(config), vit_family().input()}, synthetic_source, FileDType::bf16);
  const CheckpointDescription d = describe_checkpoint(open_tensor_file(file));
  EXPECT_EQ(d.preset, "vit_tiny_patch16_96");
  expect_part(d.geometry, "no head");
  EXPECT_EQ(Json::parse(d.json)["preset"], "vit_tiny_patch16_96");
}

// Saved by the libraries themselves.
TEST(CheckpointDescription, TellsFamiliesApart) {
  const fs::path families = fs::path(AX_GOLDEN) / "families";
  for (const auto& [name, family] : std::map<std::string, std::string>{{"clip_openai.pt", "openai_clip"},
                                                                       {"dinov2_hub.pth", "dinov2"},
                                                                       {"jax_vit.npz", "jax"},
                                                                       {"deit.pth", "timm"}}) {
    const CheckpointDescription d = describe_checkpoint(open_tensor_file(families / name));
    EXPECT_EQ(Json::parse(d.json)["family"], family) << name;
    for (const std::string& what : d.assumed) {
      EXPECT_TRUE(what == "heads" || what == "activation" || what == "norm_eps") << what;
    }
  }
}

TEST(CheckpointDescription, SaysWhyItIsNone) {
  const fs::path other = tiny_runs().path("other.safetensors");
  const std::vector<float> values = {1, 2};
  write_safetensors(other, {{"fc.weight", f32_tensor({2}, values)}});
  expect_part(error_text([&] { describe_checkpoint(open_tensor_file(other)); }),
              "the names are of no vision transformer known here");
}

}  // namespace
}  // namespace ax
