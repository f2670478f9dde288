// Each library's checkpoint is told by its names, and its positions are resampled as the library's own
// functions do (tools/make_position_golden.py).
#include <gtest/gtest.h>

#include <cmath>

#include "adapterx/io/tensors/safetensors.h"
#include "adapterx/models/synthetic_weights.h"
#include "adapterx/models/vit/pos_embed.h"
#include "adapterx/models/vit/vit_checkpoint.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

struct Case {
  const char* family;  // of the golden file
  const char* file;    // a checkpoint in the names of the family
  PositionResample how;
  int64_t prefix = 1;
};

const std::vector<Case>& cases() {
  using enum PositionResample;
  static const std::vector<Case> all = {
      {"dinov2", "dinov2_hub.pth", bicubic_offset},
      {"dinov2", "dinov2_chunked.pth", bicubic_offset},
      {"dinov2_registers", "dinov2_hub_registers.pth", bicubic_antialias},
      {"mae", "mae_pretrain.pth", bicubic},
      {"dino", "dino_checkpoint.pth", bicubic_offset},
      {"timm_clip", "timm_vit_clip.pth", bicubic_antialias},
      {"timm", "timm_vit_pth.pth", bicubic_antialias},
      {"hf_dinov2", "hf_dinov2/model.safetensors", bicubic},
      {"hf_dinov2_registers", "hf_dinov2_registers/model.safetensors", bicubic_antialias},
      {"hf_vit", "hf_vit_model/model.safetensors", bicubic},
      {"hf_vit", "hf_vit_bin_v5/pytorch_model.bin", bicubic},
      {"hf_vit_distilled", "hf_vit_classifier/model.safetensors", bicubic, 2},
      {"hf_clip", "hf_clip/model.safetensors", bicubic},
      {"openai_clip", "clip_openai.pt", bicubic_antialias},
      {"clip", "clip_open_clip.pt", bicubic_antialias},
      {"torchvision", "torchvision_vit.pth", bicubic_corners},
      {"jax", "jax_vit.npz", bilinear}};
  return all;
}

VitConfig config_of(const std::string& file) {
  BackboneRequest request;
  request.model.heads = 3;
  return open_vit_checkpoint(open_backbone_file(fs::path(AX_GOLDEN) / "families" / file), request).config;
}

TEST(PositionGolden, NamesTellTheLibrary) {
  for (const Case& c : cases()) {
    EXPECT_EQ(to_string(config_of(c.file).position_resample), to_string(c.how)) << c.file;
  }
}

// Of the golden file's "family.grid.out_grid".
std::pair<int64_t, int64_t> grids_of(const std::string& name) {
  const size_t last = name.rfind('.'), first = name.rfind('.', last - 1);
  return {std::stoll(name.substr(first + 1)), std::stoll(name.substr(last + 1))};
}

TEST(PositionGolden, EveryFamilyResamplesAsItsLibrary) {
  const TensorFile golden = read_safetensors(fs::path(AX_GOLDEN) / "positions.safetensors");
  std::set<std::string> compared;
  for (const Case& c : cases()) {
    for (const auto& [name, tensor] : golden.tensors()) {
      if (!name.starts_with(std::string(c.family) + ".")) continue;
      const auto [grid, out_grid] = grids_of(name);
      const Shape shape{1, c.prefix + grid * grid, tensor.shape[2]};
      std::vector<float> positions(static_cast<size_t>(shape.size()));
      fill_synthetic("pos_embed", shape, positions);
      const std::vector<float> want = golden.f32(name);
      std::vector<float> got(want.size());
      resample_pos_embed(positions, c.prefix, shape[2], grid, out_grid, c.how, got);
      for (size_t i = 0; i < want.size(); ++i) ASSERT_NEAR(got[i], want[i], 1e-6f) << name << " at " << i;
      compared.insert(name);
    }
  }
  EXPECT_EQ(compared.size(), golden.tensors().size());
}

// That the ways are ways: no two give the same.
TEST(PositionGolden, TheWaysDiffer) {
  const Shape shape{1, 1 + 7 * 7, 8};
  std::vector<float> positions(static_cast<size_t>(shape.size()));
  fill_synthetic("pos_embed", shape, positions);
  std::set<std::vector<float>> results;
  for (const Case& c : cases()) {
    std::vector<float> out((1 + 5 * 5) * 8);
    resample_pos_embed(positions, 1, 8, 7, 5, c.how, out);
    results.insert(out);
  }
  EXPECT_EQ(results.size(), 5u);
}

}  // namespace
}  // namespace ax
