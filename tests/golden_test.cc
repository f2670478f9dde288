// ViT forward and gradients against values computed by PyTorch in double (tools/make_golden.py), on the
// synthetic weights of adapterx/models/synthetic_weights.h.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <sstream>

#include "adapterx/io/tensors/safetensors.h"
#include "adapterx/methods/adapter_x/paper_settings_test.h"
#include "adapterx/models/synthetic_weights.h"
#include "adapterx/models/vit/vit_family.h"
#include "adapterx/train/build_session.h"
#include "golden_values.h"

namespace ax {
namespace {

struct GoldenCase {
  std::string model, method;
  std::string variant;  // of a method's settings; empty: the file has none

  std::string name() const {
    return fmt::format("{}_{}{}{}", model, method, variant.empty() ? "" : "_", variant);
  }
};

SessionSpec spec_of(const std::string& model) {
  SessionSpec spec;
  spec.task = classification({}, {.label_smoothing = 0.1f});
  spec.batch = 2;
  if (model == "micro") {
    VitConfig config;
    config.image_size = 12;
    config.patch_size = 4;
    config.width = 24;
    config.depth = 2;
    config.heads = 3;
    config.classes = 5;
    spec.model = vit_backbone(config);
    spec.batch = 3;
  } else {
    spec.model =
        backbone_preset("vit_" + model + "_patch16_224").backbone->with_classes(model == "tiny" ? 10 : 100);
  }
  return spec;
}

// The golden models are without dropout; the micro model's adapters have rank 4. Other settings are in the
// file.
std::unique_ptr<Method> method_of(const GoldenCase& c, const TensorFile& golden) {
  if (c.method == "adaptformer") {
    return make_method(c.method, {"dropout=0", c.model == "micro" ? "rank=4" : "rank=64"});
  }
  std::vector<std::string> pairs;
  if (const auto found = golden.metadata().find("settings"); found != golden.metadata().end()) {
    std::istringstream words(found->second);
    pairs.assign(std::istream_iterator<std::string>(words), {});
  }
  return make_method(c.method, c.method.ends_with("_x") ? testing::paper_settings(pairs) : pairs);
}

// What make_golden.py scales the mixture's output by, in the place of what is measured before training.
void set_stream_scales(TrainedParameters& trained, int64_t blocks) {
  for (int64_t block = 0; block < blocks; ++block) {
    const auto entry = trained.find(fmt::format("blocks.{}.smoa.stream_scale", block));
    if (entry) *trained.value(*entry).f32() = 0.75f / static_cast<float>(block + 1);
  }
}

struct Errors {
  double logits = 0, loss = 0, penalty = 0;
  double gradient = 0;  // worst of all parameters, relative to the parameter's own gradient
  std::string worst;
};

Errors compare(const GoldenCase& c, const CompileOptions& options) {
  const auto path = std::filesystem::path(AX_GOLDEN) / fmt::format("vit_{}.safetensors", c.name());
  const TensorFile golden = read_safetensors(path);
  SessionSpec spec = spec_of(c.model);
  spec.options = options;
  const BuiltSession built = build_session(
      spec, *method_of(c, golden), std::make_shared<FrozenWeights>(synthetic_source), synthetic_source);
  Session& session = *built.session;
  set_stream_scales(*built.trained, spec.model->depth());
  fill_synthetic("images", session.input("images").shape, session.input("images").f32_span());
  fill_synthetic_labels(static_cast<int>(spec.model->classes()),
                        {session.input("labels").i32(), static_cast<size_t>(spec.batch)});
  session.run();

  Errors e;
  const auto error_of = [&](const std::string& output) {
    return relative_distance(values_of(session.output(output)), golden.f32(output));
  };
  e.logits = error_of("logits");
  e.loss = error_of("loss");
  if (golden.contains("penalty")) e.penalty = error_of("penalty");
  const auto is_gradient = [](const auto& tensor) { return tensor.first.starts_with("grad."); };
  EXPECT_EQ(built.trained->optimised().size(), std::ranges::count_if(golden.tensors(), is_gradient));
  for (const auto& entry : built.trained->optimised()) {
    const std::vector<float> gradient = values_of(built.trained->gradient(entry));
    const std::vector<float> expected = golden.f32("grad." + entry.name);
    const bool has_sample = golden.contains("grad_norm." + entry.name);
    double error =
        relative_distance(has_sample ? sampled(gradient, entry.name, expected.size()) : gradient, expected);
    if (has_sample) {
      const std::vector<float> norm_of_all = {static_cast<float>(norm(gradient))};
      error = std::max(error, relative_distance(norm_of_all, golden.f32("grad_norm." + entry.name)));
    }
    if (error >= e.gradient) {
      e.gradient = error;
      e.worst = entry.name;
    }
  }
  return e;
}

class GoldenFp32 : public ::testing::TestWithParam<GoldenCase> {};
class GoldenBf16 : public ::testing::TestWithParam<GoldenCase> {};

TEST_P(GoldenFp32, AgreesWithPyTorch) {
  CompileOptions options;
  options.precision = Precision::fp32;
  const Errors e = compare(GetParam(), options);
  RecordProperty("logits", std::to_string(e.logits));
  fmt::print("fp32: logits {:.1e}, loss {:.1e}, penalty {:.1e}, worst gradient {:.1e} ({})\n", e.logits,
             e.loss, e.penalty, e.gradient, e.worst);
  EXPECT_LE(e.logits, 1e-5);
  EXPECT_LE(e.loss, 1e-5);
  EXPECT_LE(e.penalty, 1e-5);
  EXPECT_LE(e.gradient, 1e-4) << e.worst;
}

TEST_P(GoldenBf16, AgreesWithPyTorch) {
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

std::vector<GoldenCase> cases_without_routing() {
  std::vector<GoldenCase> cases;
  for (const char* model : {"micro", "tiny", "base"}) {
    for (const char* method : {"linear_probe", "adaptformer", "full"}) cases.push_back({model, method, ""});
  }
  return cases;
}

// In fp32 alone: at bf16 the rounding of a sub-token's 8 bits moves its scores by more than the gap between
// the best two experts of some, which then go to another expert, and the values jump. make_golden.py sees to
// gaps that fp32 keeps.
std::vector<GoldenCase> cases_with_routing() {
  return {
      {"micro", "adaptformer_x", ""},
      {"micro", "adapter_x", ""},
      {"tiny", "adaptformer_x", ""},
      {"tiny", "adapter_x", ""},
      {"micro", "adaptformer_x", "linear_top2"},
      {"micro", "adapter_x", "learned_temperature"},
      {"micro", "adaptformer_x", "added_mlp_prompt"},
      {"micro", "adapter_x", "share_none"},
      {"micro", "adaptformer_x", "gelu_prompt"},
  };
}

// Nothing is chosen, so that rounding cannot change a choice.
std::vector<GoldenCase> cases_with_all_experts() {
  return {{"micro", "adaptformer_x", "soft"}, {"micro", "adapter_x", "soft_after"}};
}

std::string test_name(const ::testing::TestParamInfo<GoldenCase>& test) { return test.param.name(); }

INSTANTIATE_TEST_SUITE_P(Vit, GoldenFp32, ::testing::ValuesIn(cases_without_routing()), test_name);
INSTANTIATE_TEST_SUITE_P(VitX, GoldenFp32, ::testing::ValuesIn(cases_with_routing()), test_name);
INSTANTIATE_TEST_SUITE_P(VitSoft, GoldenFp32, ::testing::ValuesIn(cases_with_all_experts()), test_name);
INSTANTIATE_TEST_SUITE_P(VitSoft, GoldenBf16, ::testing::ValuesIn(cases_with_all_experts()), test_name);
INSTANTIATE_TEST_SUITE_P(Vit, GoldenBf16, ::testing::ValuesIn(cases_without_routing()), test_name);

}  // namespace
}  // namespace ax
