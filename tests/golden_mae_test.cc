// Masked autoencoding of images against values computed by PyTorch in double (tools/make_mae_golden.py): the
// loss and all gradients of the first step, whose mask both sides draw by the same rule.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "adapterx/io/tensors/safetensors.h"
#include "adapterx/models/synthetic_weights.h"
#include "adapterx/models/vit/vit_family.h"
#include "adapterx/tasks/masked.h"
#include "adapterx/train/build_session.h"
#include "golden_values.h"

namespace ax {
namespace {

SessionSpec spec_of(const TensorFile& golden, const CompileOptions& options) {
  VitConfig config;
  config.image_size = 16;
  config.patch_size = 4;
  config.width = 24;
  config.depth = 2;
  config.heads = 3;
  config.classes = 0;
  SessionSpec spec;
  spec.model = vit_backbone(config);
  spec.batch = 3;
  spec.options = options;
  spec.task = masked_pretraining({.decoder_depth = 1,
                                  .decoder_width = 16,
                                  .decoder_heads = 2,
                                  .norm_pix_loss = golden.metadata().at("norm_pix_loss") == "true"});
  return spec;
}

struct Errors {
  double features = 0, loss = 0, gradient = 0;  // relative; the worst parameter's gradient, to its own
  std::string worst;
};

Errors compare(const char* file, const CompileOptions& options) {
  const TensorFile golden = read_safetensors(std::filesystem::path(AX_GOLDEN) / file);
  const auto method = make_method("full", {});
  const BuiltSession built = build_session(
      spec_of(golden, options), *method, std::make_shared<FrozenWeights>(synthetic_source), synthetic_source);
  const Tensor images = built.session->input("images");
  fill_synthetic("images", images.shape, images.f32_span());
  built.session->run();

  Errors e;
  e.features = relative_distance(values_of(built.session->output("features")), golden.f32("features"));
  e.loss = relative_distance(values_of(built.session->output("loss")), golden.f32("loss"));
  EXPECT_EQ(std::ssize(built.trained->optimised()), std::ssize(golden.tensors()) - 2);
  for (const auto& entry : built.trained->optimised()) {
    const double error =
        relative_distance(values_of(built.trained->gradient(entry)), golden.f32("grad." + entry.name));
    if (error >= e.gradient) {
      e.gradient = error;
      e.worst = entry.name;
    }
  }
  fmt::print("{}: features {:.1e}, loss {:.1e}, worst gradient {:.1e} ({})\n", file, e.features, e.loss,
             e.gradient, e.worst);
  return e;
}

constexpr const char* kFiles[] = {"mae_micro.safetensors", "mae_micro_pixels.safetensors"};

TEST(GoldenMae, AgreesWithPyTorchInFp32) {
  for (const char* file : kFiles) {
    CompileOptions options;
    options.precision = Precision::fp32;
    const Errors e = compare(file, options);
    EXPECT_LE(e.features, 1e-5);
    EXPECT_LE(e.loss, 1e-5);
    EXPECT_LE(e.gradient, 1e-4) << e.worst;
  }
}

TEST(GoldenMae, AgreesWithPyTorchInBf16) {
  for (const char* file : kFiles) {
    CompileOptions options;
    options.precision = Precision::bf16;
    const Errors e = compare(file, options);
    EXPECT_LE(e.features, 2e-2);
    EXPECT_LE(e.loss, 2e-2);
    EXPECT_LE(e.gradient, 4e-2) << e.worst;  // the class token, one of few tokens seen
  }
}

}  // namespace
}  // namespace ax
