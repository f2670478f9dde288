// Laws of DAPT in a whole model, a vision transformer here: what it counts, what it starts from, its
// gradients.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "adapterx/base/error_text_test.h"
#include "adapterx/graph/gradient_check.h"
#include "adapterx/models/checkpoint/name_pattern.h"
#include "adapterx/models/synthetic_weights.h"
#include "adapterx/models/vit/vit_family.h"
#include "adapterx/models/vit/vit_presets.h"
#include "adapterx/train/build_session.h"
#include "adapterx/train/trained_parts.h"

namespace ax {
namespace {

VitConfig small_model() {
  VitConfig c;
  c.image_size = 16;
  c.patch_size = 8;
  c.width = 16;
  c.depth = 2;
  c.heads = 2;
  c.classes = 3;
  return c;
}

BuiltSession build(const VitConfig& model, bool training, const std::string& method,
                   const std::vector<std::string>& settings, const WeightSource& source) {
  SessionSpec spec;
  spec.model = vit_backbone(model);
  spec.batch = 3;
  spec.training = training;
  spec.options.precision = Precision::fp32;
  BuiltSession built =
      build_session(spec, *make_method(method, settings), std::make_shared<FrozenWeights>(source), source);
  const Tensor images = built.session->input("images");
  fill_synthetic("images", images.shape, images.f32_span());
  if (training) fill_synthetic_labels(3, {built.session->input("labels").i32(), 3});
  return built;
}

bool is_added(std::string_view name) {
  return matches("*.tfts.*", name) || matches("*.adapter.*", name) || matches("*.prompt.*", name);
}

// The backbone's weights alone: what the method adds starts by its Init.
bool backbone_weights(std::string_view name, const Shape& shape, std::span<float> out) {
  return !is_added(name) && synthetic_source(name, shape, out);
}

// The same, with scales and shifts that change nothing.
bool neutral_weights(std::string_view name, const Shape& shape, std::span<float> out) {
  if (!name.ends_with("gamma") && !name.ends_with("beta")) return backbone_weights(name, shape, out);
  std::ranges::fill(out, name.ends_with("gamma") ? 1.0f : 0.0f);
  return true;
}

std::vector<float> logits(const std::string& method, const std::vector<std::string>& settings,
                          const WeightSource& source) {
  const BuiltSession built = build(small_model(), false, method, settings, source);
  built.session->run();
  const auto out = built.session->output("logits").f32_span();
  return {out.begin(), out.end()};
}

// d = 384, depth 12, as the published 1.1 M for point clouds has it: adapters, TFTS and prompts.
TEST(Dapt, ParameterCounts) {
  VitConfig model = vit_preset("vit_small_patch16_224");
  model.classes = 15;
  Graph graph;
  const auto method = make_method("dapt");
  build_vit(graph, model, {1, true, 0}, *method->adapt()).features.head(model.classes);
  const TrainedParameters trained(graph);
  std::map<std::string, int64_t> parts;
  for (const TrainedPart& part : trained_parts(trained.entries(), *vit_backbone(model)).parts) {
    parts[part.name] = part.numbers;
  }
  EXPECT_EQ(parts["adapter"], 609'036);
  EXPECT_EQ(parts["PG"], 12 * 768);
  EXPECT_EQ(parts["TFTS"] + parts["PG"], 110'592 + 1'536);
  EXPECT_EQ(parts["CLS"], 384);
  EXPECT_EQ(parts["head"], 15 * 385);
  EXPECT_EQ(parts.size(), 5u);
}

TEST(Dapt, StartsAsTheFrozenBackbone) {
  const std::vector<float> frozen = logits("linear_probe", {}, backbone_weights);
  EXPECT_EQ(frozen, logits("dapt", {"tfts=false", "prompts=false"}, backbone_weights));
  const std::vector<float> neutral = logits("dapt", {"prompts=false"}, neutral_weights);
  for (size_t i = 0; i < frozen.size(); ++i) EXPECT_NEAR(frozen[i], neutral[i], 1e-5f);
  EXPECT_NE(frozen, logits("dapt", {"prompts=false"}, backbone_weights)) << "scales and shifts";
  EXPECT_NE(frozen, logits("dapt", {"tfts=false"}, backbone_weights)) << "prompts";
  EXPECT_NE(frozen, logits("dapt", {"tfts=false", "prompts=false"}, synthetic_source)) << "adapters";
}

// Every token's scale well above 0, where its relu passes gradients.
bool scales_above_zero(std::string_view name, const Shape& shape, std::span<float> out) {
  synthetic_source(name, shape, out);
  if (name.ends_with("scale.bias")) std::ranges::fill(out, 5.0f);
  return true;
}

// All that is trained gets a gradient but the last block's prompt, which a class token's head doesn't read.
TEST(Dapt, GradientsReachWhatIsTrained) {
  for (const char* method : {"dapt", "dapt_x"}) {
    BuiltSession built = build(small_model(), true, method, {"dropout=0"}, scales_above_zero);
    built.session->run();
    for (const TrainedParameters::Entry& e : built.trained->entries()) {
      const auto gradient = built.trained->gradient(e).f32_span();
      const bool reached = std::ranges::any_of(gradient, [](float x) { return x != 0; });
      EXPECT_EQ(reached, !matches("blocks.1.prompt.*", e.name)) << method << " " << e.name;
    }
  }
}

TEST(Dapt, GradientsOfAWholeModelAreThoseOfTheDefinition) {
  VitConfig config = small_model();
  config.image_size = 4;
  config.patch_size = 2;
  config.width = 8;
  config.mlp_ratio = 1;
  const std::vector<std::vector<std::string>> variants = {
      {"rank=2"}, {"rank=3", "dropout=0.4"}, {"rank=2", "tfts=false"}, {"rank=2", "prompts=false"}};
  for (const std::vector<std::string>& settings : variants) {
    const auto method = make_method("dapt", settings);
    CheckOptions options;
    options.compile.precision = Precision::fp32;
    const CheckResult r = check_graph(
        [&](Graph& g) {
          return build_vit(g, config, {2, true, 0.2f}, *method->adapt()).features.head(config.classes);
        },
        options);
    EXPECT_LE(r.forward_error, 1e-5) << settings.back();
    EXPECT_LE(r.worst_gradient_error, 2e-4) << settings.back() << " " << r.worst_parameter;
  }
}

// Norms and biases of experts are matrices, a row each expert, and yet norms and biases.
TEST(Dapt, NormsAndBiasesOfExpertsTakeNoWeightDecay) {
  const BuiltSession built = build(small_model(), true, "dapt_x", {}, synthetic_source);
  for (const auto& [name, spared] :
       std::initializer_list<std::pair<const char*, bool>>{{"norm.weight", true},
                                                           {"norm.bias", true},
                                                           {"scale.bias", true},
                                                           {"scale.weight", false},
                                                           {"down_proj.weight", false}}) {
    EXPECT_EQ(built.trained->find(std::string("smoa.experts.") + name)->decays, !spared) << name;
  }
}

// Prompts have no positions, so that positions come once, at the input.
TEST(Dapt, MethodsWithPromptsWantPositionsOnce) {
  const auto once = [](const char* method, std::vector<std::string> settings = {}) {
    return make_method(method, settings)->positions_once();
  };
  EXPECT_TRUE(once("dapt"));
  EXPECT_TRUE(once("dapt_x"));
  EXPECT_FALSE(once("adaptformer_x"));
  EXPECT_TRUE(once("adaptformer_x", {"prompts=true"}));
  EXPECT_FALSE(once("adapter_x", {"prompts=true", "prompt_injection=add"}));
  EXPECT_FALSE(once("full"));
}

TEST(Dapt, SettingsThatCannotBeAreErrors) {
  const auto error_of = [](const std::string& setting) -> std::string {
    return error_text([&] { make_method("dapt", {setting}); });
  };
  EXPECT_EQ(error_of("rank=0"), "dapt: rank: expected 1 or more, got 0");
  EXPECT_EQ(error_of("dropout=1"), "dapt: dropout: expected a number in [0, 1), got 1");
  EXPECT_EQ(error_of("tfts=yes"), "dapt: tfts: expected true or false, got `yes`");
  EXPECT_NE(error_of("ranks=3").find("did you mean `rank`?"), std::string::npos);
}

}  // namespace
}  // namespace ax
