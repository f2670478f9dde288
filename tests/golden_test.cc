// ViT forward and gradients against values computed by PyTorch in double (tools/make_golden.py), on the
// synthetic weights of adapterx/models/synthetic_weights.h.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "adapterx/base/rng.h"
#include "adapterx/io/safetensors.h"
#include "adapterx/models/synthetic_weights.h"
#include "adapterx/models/vit_presets.h"
#include "adapterx/train/build_session.h"

namespace ax {
namespace {

struct GoldenCase {
  std::string model, method;
};

SessionSpec spec_of(const std::string& model) {
  SessionSpec spec;
  spec.label_smoothing = 0.1f;
  spec.batch = 2;
  if (model == "micro") {
    spec.model.image_size = 12;
    spec.model.patch_size = 4;
    spec.model.width = 24;
    spec.model.depth = 2;
    spec.model.heads = 3;
    spec.model.classes = 5;
    spec.batch = 3;
  } else {
    spec.model = vit_preset("vit_" + model + "_patch16_224");
    spec.model.classes = model == "tiny" ? 10 : 100;
  }
  return spec;
}

// The golden models are without dropout; the micro model's adapters have rank 4.
std::unique_ptr<Method> method_of(const GoldenCase& c) {
  if (c.method != "adaptformer") return make_method(c.method);
  return make_method(c.method, Settings({"dropout=0", c.model == "micro" ? "rank=4" : "rank=64"}));
}

double norm(const std::vector<float>& v) {
  double sum = 0;
  for (const float x : v) sum += static_cast<double>(x) * static_cast<double>(x);
  return std::sqrt(sum);
}

double distance(const std::vector<float>& a, const std::vector<float>& b) {
  std::vector<float> difference(a.size());
  for (size_t i = 0; i < a.size(); ++i) difference[i] = a[i] - b[i];
  return norm(difference);
}

// The entries of a gradient that the files of the larger models hold: `count` at positions drawn from the
// name.
std::vector<float> sampled(const std::vector<float>& gradient, const std::string& name, size_t count) {
  const Rng rng(2, 0, place_of(name));
  std::vector<float> sample(count);
  for (size_t i = 0; i < count; ++i) sample[i] = gradient[rng.bits(i) % gradient.size()];
  return sample;
}

struct Errors {
  double logits = 0, loss = 0;
  double gradient = 0;  // worst of all parameters, relative to the parameter's own gradient
  std::string worst;
};

Errors compare(const GoldenCase& c, const CompileOptions& options) {
  const auto path =
      std::filesystem::path(AX_GOLDEN) / fmt::format("vit_{}_{}.safetensors", c.model, c.method);
  const TensorFile golden = read_safetensors(path);
  SessionSpec spec = spec_of(c.model);
  spec.options = options;
  const BuiltSession built =
      build_session(spec, *method_of(c), std::make_shared<FrozenWeights>(synthetic_source), synthetic_source);
  Session& session = *built.session;
  fill_synthetic("images", session.input("images").shape, session.input("images").f32_span());
  fill_synthetic_labels(static_cast<int>(spec.model.classes),
                        {session.input("labels").i32(), static_cast<size_t>(spec.batch)});
  session.run();

  const auto values = [](const Tensor& t) { return std::vector<float>(t.f32(), t.f32() + t.size()); };
  Errors e;
  e.logits = distance(values(session.output("logits")), golden.f32("logits")) / norm(golden.f32("logits"));
  e.loss = distance(values(session.output("loss")), golden.f32("loss")) / norm(golden.f32("loss"));
  for (const auto& entry : built.trained->entries()) {
    const std::vector<float> gradient = values(built.trained->gradient(entry));
    const std::vector<float> expected = golden.f32("grad." + entry.name);
    const bool has_sample = golden.contains("grad_norm." + entry.name);
    double error =
        distance(has_sample ? sampled(gradient, entry.name, expected.size()) : gradient, expected) /
        norm(expected);
    if (has_sample) {
      const double expected_norm = static_cast<double>(golden.f32("grad_norm." + entry.name)[0]);
      error = std::max(error, std::abs(norm(gradient) - expected_norm) / expected_norm);
    }
    if (error >= e.gradient) {
      e.gradient = error;
      e.worst = entry.name;
    }
  }
  return e;
}

class Golden : public ::testing::TestWithParam<GoldenCase> {};

TEST_P(Golden, Fp32) {
  CompileOptions options;
  options.precision = Precision::fp32;
  const Errors e = compare(GetParam(), options);
  RecordProperty("logits", std::to_string(e.logits));
  fmt::print("fp32: logits {:.1e}, loss {:.1e}, worst gradient {:.1e} ({})\n", e.logits, e.loss, e.gradient,
             e.worst);
  EXPECT_LE(e.logits, 1e-5);
  EXPECT_LE(e.loss, 1e-5);
  EXPECT_LE(e.gradient, 1e-4) << e.worst;
}

TEST_P(Golden, Bf16) {
  for (const DType residual : {DType::f32, DType::bf16}) {
    CompileOptions options;
    options.precision = Precision::bf16;
    options.residual = residual;
    const Errors e = compare(GetParam(), options);
    fmt::print("bf16, residual {}: logits {:.1e}, loss {:.1e}, worst gradient {:.1e} ({})\n",
               to_string(residual), e.logits, e.loss, e.gradient, e.worst);
    EXPECT_LE(e.logits, 2e-2);
    EXPECT_LE(e.loss, 2e-2);
    EXPECT_LE(e.gradient, residual == DType::f32 ? 2e-2 : 3e-2) << e.worst;  // the default, and the option
  }
}

std::vector<GoldenCase> all_cases() {
  std::vector<GoldenCase> cases;
  for (const char* model : {"micro", "tiny", "base"}) {
    for (const char* method : {"linear_probe", "adaptformer", "full"}) cases.push_back({model, method});
  }
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Vit, Golden, ::testing::ValuesIn(all_cases()),
                         [](const auto& test) { return test.param.model + "_" + test.param.method; });

}  // namespace
}  // namespace ax
