// The bundled DINOv2 against ONNX Runtime, which runs the model that it was converted from with its weights
// rounded to bf16 (tools/make_onnx_golden.py --dinov2). At 224 x 224 the positions are resampled from 37
// x 37.
#include <gtest/gtest.h>

#include <filesystem>

#include "adapterx/io/tensors/safetensors.h"
#include "adapterx/models/vit/vit_family.h"
#include "adapterx/train/build_session.h"
#include "golden_values.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

constexpr int kSide = 224;

// [1, 3, 224, 224]: bytes by whole numbers alone, normalised as DINOv2 has it.
void fill_image(std::span<float> out) {
  constexpr float kMean[] = {0.485f, 0.456f, 0.406f}, kStd[] = {0.229f, 0.224f, 0.225f};
  size_t i = 0;
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        const int byte = (x * x / 64 + (c + 1) * y * y / 96 + 40 * c) % 256;
        out[i++] = (static_cast<float>(byte) / 255.0f - kMean[c]) / kStd[c];
      }
    }
  }
}

TEST(GoldenDinov2, ClassTokenIsThatOfOnnxRuntime) {
  const fs::path weights = fs::path(AX_TESTS) / "../weights/dinov2_small.safetensors";
  if (!fs::exists(weights)) {
    GTEST_SKIP() << "expected weights/dinov2_small.safetensors, got none; tools/dinov2_small.sh makes it";
  }
  const TensorFile golden = read_safetensors(fs::path(AX_GOLDEN) / "dinov2_small.safetensors");
  BackboneRequest request;
  request.model.image_size = kSide;
  const BackboneCheckpoint checkpoint = open_backbone(weights, request);
  SessionSpec spec;
  spec.model = checkpoint.backbone->with_classes(2);  // a head to probe with
  spec.batch = 1;
  spec.training = false;
  spec.options.precision = Precision::fp32;
  const BuiltSession built =
      build_session(spec, *make_method("linear_probe"), std::make_shared<FrozenWeights>(checkpoint.source),
                    checkpoint.source);
  fill_image(built.session->input("images").f32_span());
  built.session->run();
  const double error =
      relative_distance(values_of(built.session->output("features")), golden.f32("features"));
  fmt::print("fp32: features {:.1e}\n", error);
  EXPECT_LE(error, 1e-5);
}

}  // namespace
}  // namespace ax
