#include "adapterx/models/synthetic_weights.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "adapterx/base/error.h"

namespace ax {
namespace {

struct Case {
  std::string name;
  Shape shape;
  std::array<float, 4> values;  // the first three and the last
};

// Each row as printed by `python tools/make_golden.py --show NAME SHAPE`.
const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"blocks.0.attn.qkv.bias", {7}, {0x1.57ac7ap-5f, -0x1.3cfbf4p-6f, 0x1.1c69a6p-6f, 0x1.11fff4p-4f}},
      {"blocks.1.norm2.weight", {24}, {0x1.2448dap+0f, 0x1.30314p+0f, 0x1.147254p+0f, 0x1.a5bafap-1f}},
      {"cls_token", {1, 1, 24}, {0x1.b44788p-2f, -0x1.3390bcp-2f, 0x1.e2662p-4f, 0x1.f21c68p-2f}},
      {"pos_embed", {1, 10, 24}, {-0x1.82d72p-2f, -0x1.14ba64p-2f, 0x1.965d64p-2f, 0x1.b8e8ccp-2f}},
      {"patch_embed.proj.weight",
       {24, 3, 4, 4},
       {-0x1.6eab48p-4f, 0x1.a3b4p-3f, -0x1.199f2p-5f, 0x1.d4d1f8p-3f}},
      {"blocks.11.attn.qkv.weight",
       {2304, 768},
       {-0x1.8b783p-6f, -0x1.6ca4dcp-5f, -0x1.b7352cp-5f, 0x1.d6cbbp-5f}},
      {"blocks.0.adaptmlp.down_proj.weight",
       {4, 24},
       {0x1.929b16p-3f, 0x1.e6bb9ep-4f, 0x1.3d47acp-5f, -0x1.51b45ep-2f}},
      {"blocks.0.adaptmlp.down_proj.bias", {5}, {16.0f, -16.0f, 16.0f, 16.0f}},
      {"images", {3, 3, 12, 12}, {-0x1.97d3d8p-2f, -0x1.3b9p-11f, -0x1.509d6p-4f, -0x1.c415cp-3f}},
      {"pos_embed.0.weight", {12, 3}, {0x1.f5ccp-2f, 0x1.67378p+1f, -0x1.a95258p+1f, 0x1.990f68p+0f}},
      {"blocks.3.norm1.tfts.gamma", {24}, {0x1.fd3318p-1f, 0x1.0cd99ep+0f, 0x1.da45a8p-1f, 0x1.071e5p+0f}},
      {"blocks.3.norm1.tfts.beta", {24}, {0x1.4f0246p-4f, -0x1.8d1fcep-4f, 0x1.326606p-5f, -0x1.e02e66p-10f}},
      {"encoder.first_conv.1.running_mean",
       {8},
       {-0x1.4bc3eep-5f, -0x1.3e12a6p-5f, -0x1.bb6d8p-6f, 0x1.49d11ap-4f}},
      {"encoder.first_conv.1.running_var",
       {8},
       {0x1.04a52ap+0f, 0x1.a66de2p-1f, 0x1.1516f2p+0f, 0x1.171a86p+0f}},
      {"smoa.experts.norm.weight", {8, 12}, {0x1.c958a2p-1f, 0x1.31c4dcp+0f, 0x1.06275ap+0f, 0x1.2f663ap+0f}},
      {"cls_pos", {1, 1, 24}, {-0x1.05e78cp-2f, 0x1.24604p-6f, 0x1.98ca4p-2f, -0x1.cffa6cp-2f}},
      {"points", {2, 16, 3}, {0x1.b677ccp-1f, -0x1.76c7ap-3f, -0x1.1a8c8p-3f, 0x1.b508acp-1f}},
      {"head.1.bias", {4}, {4.0f, -4.0f, 4.0f, -4.0f}},
  };
  return all;
}

TEST(SyntheticWeights, HasTheBitsOfThePythonTwin) {
  for (const Case& c : cases()) {
    std::vector<float> x(static_cast<size_t>(c.shape.size()));
    fill_synthetic(c.name, c.shape, x);
    const std::array<float, 4> got = {x[0], x[1], x[2], x.back()};
    EXPECT_EQ(got, c.values) << c.name;
  }
}

TEST(SyntheticWeights, StayInTheirRangeAndFillIt) {
  const Shape shape = {96, 24};  // spread sqrt(3 / 24)
  std::vector<float> x(static_cast<size_t>(shape.size()));
  fill_synthetic("blocks.0.mlp.fc1.weight", shape, x);
  double squares = 0;
  for (const float v : x) {
    EXPECT_LE(std::abs(v), 0.35356f);
    squares += static_cast<double>(v) * v;
  }
  EXPECT_NEAR(squares / static_cast<double>(x.size()), 1.0 / 24, 0.002);  // variance spread^2 / 3
}

TEST(SyntheticWeights, SeedsDiffer) {
  std::vector<float> a(24), b(24);
  fill_synthetic("norm.bias", {24}, a, 1);
  fill_synthetic("norm.bias", {24}, b, 2);
  EXPECT_NE(a, b);
}

TEST(SyntheticWeights, RefusesAWrongSize) {
  std::vector<float> x(23);
  EXPECT_THROW(fill_synthetic("norm.bias", {24}, x), Error);
}

TEST(SyntheticLabels, AreThoseOfThePythonTwin) {
  std::vector<int32_t> labels(7);
  fill_synthetic_labels(100, labels);  // synthetic_labels(7, 100)
  EXPECT_EQ(labels, (std::vector<int32_t>{22, 16, 52, 20, 42, 43, 2}));
  EXPECT_THROW(fill_synthetic_labels(0, labels), Error);
}

}  // namespace
}  // namespace ax
