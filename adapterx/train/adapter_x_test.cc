// Laws of Adapter-X in a whole model: what it starts from, what it counts, what it shares, and its gradients.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "adapterx/base/error_text_test.h"
#include "adapterx/graph/gradient_check.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/multiply.h"
#include "adapterx/methods/adapter_x/paper_settings_test.h"
#include "adapterx/models/checkpoint/name_pattern.h"
#include "adapterx/models/points/point_family.h"
#include "adapterx/models/points/point_presets.h"
#include "adapterx/models/synthetic_weights.h"
#include "adapterx/models/vit/vit_family.h"
#include "adapterx/models/vit/vit_presets.h"
#include "adapterx/train/build_session.h"

namespace ax {
namespace {

using testing::paper_settings;

SessionSpec small_vit(bool training) {
  SessionSpec spec;
  VitConfig model;
  model.image_size = 32;
  model.patch_size = 8;
  model.width = 48;
  model.depth = 3;
  model.heads = 3;
  model.classes = 6;
  spec.model = vit_backbone(model);
  spec.batch = 4;
  spec.training = training;
  spec.options.precision = Precision::fp32;
  return spec;
}

// Weights of the backbone and, unlike at the start of a training, of what methods add, too.
bool all_weights(std::string_view name, const Shape& shape, std::span<float> out) {
  return synthetic_source(name, shape, out);
}

// The backbone's weights alone: what a method adds starts by its Init.
bool backbone_weights(std::string_view name, const Shape& shape, std::span<float> out) {
  const bool added = name.find("smoa") != name.npos || name.find("prompt") != name.npos;
  return !added && synthetic_source(name, shape, out);
}

BuiltSession build(const SessionSpec& spec, const std::string& method,
                   const std::vector<std::string>& settings, const WeightSource& source) {
  BuiltSession built =
      build_session(spec, *make_method(method, settings), std::make_shared<FrozenWeights>(source), source);
  const Tensor images = built.session->input("images");
  fill_synthetic("images", images.shape, images.f32_span());
  if (spec.training) fill_synthetic_labels(6, {built.session->input("labels").i32(), 4});
  return built;
}

std::vector<float> logits(const SessionSpec& spec, const std::string& method,
                          const std::vector<std::string>& settings, const WeightSource& source) {
  const BuiltSession built = build(spec, method, settings, source);
  built.session->run();
  const auto out = built.session->output("logits").f32_span();
  return {out.begin(), out.end()};
}

TEST(AdapterX, StartsAsTheFrozenBackboneBitForBit) {
  const SessionSpec spec = small_vit(false);
  const std::vector<float> frozen = logits(spec, "linear_probe", {}, backbone_weights);
  for (const char* method : {"adaptformer_x", "adapter_x", "dapt_x"}) {
    const std::vector<float> adapted = logits(spec, method, {"prompts=false", "heads=2"}, backbone_weights);
    EXPECT_EQ(std::memcmp(frozen.data(), adapted.data(), frozen.size() * sizeof(float)), 0) << method;
    EXPECT_NE(frozen, logits(spec, method, {"prompts=true", "heads=2"}, backbone_weights))
        << method << ": prompts";
    EXPECT_NE(frozen, logits(spec, method, {"prompts=false", "heads=2"}, all_weights))
        << method << ": experts";
  }
}

// An mlp whose last layer is zero, added to tokens, changes nothing either.
TEST(AdapterX, ZeroPromptAddedIsTheFrozenBackbone) {
  const SessionSpec spec = small_vit(false);
  EXPECT_EQ(logits(spec, "linear_probe", {}, backbone_weights),
            logits(spec, "adaptformer_x", {"prompts=true", "prompt_generator=mlp", "prompt_injection=add"},
                   backbone_weights));
}

int64_t count(const SessionSpec& spec, const std::string& method, const std::vector<std::string>& settings,
              const std::vector<std::string>& parts) {
  Graph graph;
  spec.task->build(graph, *spec.model, {.training = true}, *make_method(method, settings)->adapt());
  const TrainedParameters trained(graph);
  int64_t n = 0;
  for (const auto& e : trained.optimised()) {
    if (std::any_of(parts.begin(), parts.end(), [&](const auto& p) { return matches(p, e.name); }))
      n += e.shape.size();
  }
  return n;
}

// ViT-B/16: LN2 18,432 + PG 18,432 + CLS 768 + SMoA 99,104.
TEST(AdapterX, ParameterCountsOfViTBase) {
  SessionSpec spec;
  spec.model = vit_backbone(vit_preset("vit_base_patch16_224"));
  const auto of = [&](const std::string& method, const std::vector<std::string>& settings,
                      const std::string& part) {
    return count(spec, method, paper_settings(settings), {part});
  };
  for (const char* method : {"adaptformer_x", "adapter_x"}) {
    EXPECT_EQ(of(method, {}, "smoa.*"), 99104);
    EXPECT_EQ(of(method, {}, "*.norm2.*"), 18432);
    EXPECT_EQ(of(method, {}, "*.prompt.*"), 18432);
    EXPECT_EQ(of(method, {}, "cls_token"), 768);
    EXPECT_EQ(of(method, {}, "*"), 136736 + 1000 * 769);
  }
  EXPECT_EQ(of("adaptformer_x", {"share=none"}, "smoa.*"), 12 * 99104);
  EXPECT_EQ(of("adaptformer_x", {"share=4"}, "smoa.*"), 3 * 99104);
  EXPECT_EQ(of("adaptformer_x", {"share=5"}, "smoa.*"), 3 * 99104);
  EXPECT_EQ(of("adaptformer_x", {"router=linear"}, "smoa.*"), 98304 + 8 * 192);
  EXPECT_EQ(of("adaptformer_x", {"train_norm2=false", "train_cls=false", "prompts=false"}, "*"),
            99104 + 1000 * 769);
  EXPECT_EQ(count(spec, "adaptformer_x", {}, {"smoa.*"}), 4 * 2 * 24 * 768 + 2 * 768 + 4 * 2);
}

// What the papers' tables have, for 15 classes: DAPT 1.1 M, DAPT-X 1.88 % of 22.1 M; running statistics not
// counted.
TEST(AdapterX, ParameterCountsOnPointMae) {
  SessionSpec spec;
  PointTransformerConfig model = point_preset("point_mae");
  model.positions = PositionUse::once;
  spec.model = point_backbone(model);
  const auto trained = [&](const std::string& method) {
    Graph graph;
    spec.task->build(graph, *spec.model, {.batch = 2, .training = true}, *make_method(method)->adapt());
    return TrainedParameters(graph).count();
  };
  EXPECT_EQ(trained("dapt"), 1'087'771);
  EXPECT_EQ(trained("dapt_x"), 415'031);
  EXPECT_EQ(trained("full"), 22'093'327);
  EXPECT_EQ(trained("linear_probe"), 267'535);
}

// Width 384, as point transformers have it: LN2 9,216 + PG 9,216 + CLS 384 + SMoA 29,992.
TEST(AdapterX, ParameterCountsOfDaptX) {
  SessionSpec spec;
  spec.model = vit_backbone(vit_preset("vit_small_patch16_224"))->with_classes(15);
  EXPECT_EQ(count(spec, "dapt_x", {}, {"smoa.*"}), 29992);
  EXPECT_EQ(count(spec, "dapt_x", {}, {"*"}), 9216 + 9216 + 384 + 29992 + 15 * 385);
  EXPECT_EQ(count(spec, "dapt_x", {"expert_norm=false", "expert_scale=fixed"}, {"smoa.*"}),
            8 * 2 * 8 * 192 + 4 * 192 + 8 * 4);
}

// One expert, one head, no gate's share: a plain adapter that all blocks share. Its gate is 1.
TEST(AdapterX, OneExpertIsTheSameForEveryRouter) {
  const SessionSpec spec = small_vit(false);
  const std::vector<float> one = logits(spec, "adaptformer_x", {"experts=1", "heads=2"}, all_weights);
  EXPECT_EQ(one, logits(spec, "adaptformer_x", {"experts=1", "heads=2", "router=linear"}, all_weights));
  EXPECT_EQ(one, logits(spec, "adaptformer_x", {"experts=1", "heads=2", "gate=false"}, all_weights));
}

// The gradient of a shared mixture is the sum of what the blocks give it when each has its own, equal one.
TEST(AdapterX, SharedGradientsAreTheSumOverBlocks) {
  const std::vector<std::string> common = {"heads=2", "experts=3", "rank=4", "dropout=0", "balance=0.5"};
  const auto settings = [&](const std::string& share) {
    std::vector<std::string> all = common;
    all.push_back("share=" + share);
    return all;
  };
  const WeightSource same_in_all_blocks = [](std::string_view name, const Shape& shape,
                                             std::span<float> out) {
    std::string shared(name);
    for (const char* group : {"smoa.0.", "smoa.1.", "smoa.2."}) {
      if (shared.starts_with(group)) shared = "smoa." + shared.substr(7);
    }
    return all_weights(shared, shape, out);
  };
  BuiltSession one = build(small_vit(true), "adaptformer_x", settings("all"), same_in_all_blocks);
  BuiltSession each = build(small_vit(true), "adaptformer_x", settings("none"), same_in_all_blocks);
  one.session->run();
  each.session->run();
  for (const char* name :
       {"router.proj.weight", "router.embed.weight", "experts.down_proj.weight", "experts.up_proj.weight"}) {
    const auto shared = one.trained->gradient(*one.trained->find(std::string("smoa.") + name)).f32_span();
    std::vector<double> sum(shared.size()), total(shared.begin(), shared.end());
    for (int l = 0; l < 3; ++l) {
      const auto part =
          each.trained->gradient(*each.trained->find(fmt::format("smoa.{}.{}", l, name))).f32_span();
      for (size_t i = 0; i < sum.size(); ++i) sum[i] += static_cast<double>(part[i]);
    }
    EXPECT_LE(relative_error(total, sum), 1e-5) << name;
  }
}

// Gates are probabilities, and every sub-token of every block, prompts included, is routed once.
TEST(AdapterX, ObservedChoicesCoverEverySubToken) {
  SessionSpec spec = small_vit(false);
  spec.observe = true;
  const BuiltSession built =
      build(spec, "adaptformer_x", {"heads=2", "experts=5", "top_k=2", "prompts=true"}, all_weights);
  built.session->run();
  for (int l = 0; l < 3; ++l) {
    const Tensor choice = built.session->output(built.observed[static_cast<size_t>(l)].output);
    EXPECT_EQ(choice.shape, (Shape{4, 17 + l, 2, 2}));
    for (int64_t i = 0; i < choice.size(); ++i) {
      ASSERT_GE(choice.i32()[i], 0);
      ASSERT_LT(choice.i32()[i], 5);
    }
  }
}

TEST(AdapterX, TheBalanceLossIsAtLeastItsWeight) {
  const BuiltSession built =
      build(small_vit(true), "adaptformer_x", {"heads=2", "top_k=1", "balance=0.25"}, all_weights);
  built.session->run();
  const float penalty = *built.session->output("penalty").f32();
  EXPECT_GT(penalty, 0.2f);  // N sum f_i P_i is near 1 where experts are used alike
  EXPECT_LT(penalty, 0.25f * 8);
  for (const char* without : {"balance=0", "top_k=all"}) {
    const BuiltSession none = build(small_vit(true), "adaptformer_x", {without}, all_weights);
    EXPECT_THROW(none.session->output("penalty"), Error) << without;
  }
}

// The class token alone is read from the last block: its experts run for it, while all its tokens are routed.
TEST(AdapterX, LastBlockRunsTheExpertsOfTheClassTokenOnly) {
  SessionSpec spec = small_vit(true);
  const auto flops_of_last = [&](bool narrow) {
    spec.options.narrow_tokens = narrow;
    const BuiltSession built = build(
        spec, "adaptformer_x", {"heads=2", "experts=4", "rank=8", "top_k=1", "prompts=true"}, all_weights);
    double flops = 0;
    for (const Step& s : built.session->steps()) {
      if (s.op == "smoa" && s.scope == "blocks.2" && !s.backward) flops += s.flops;
    }
    return flops;
  };
  const double tokens = 4 * (17 + 2), router = 2.0 * tokens * 2 * 2 * 24, expert = 4.0 * 48 * 8;
  EXPECT_EQ(flops_of_last(true), router + 4 * expert);
  EXPECT_EQ(flops_of_last(false), router + tokens * expert);
}

TEST(AdapterX, GradientsOfAWholeModelAreThoseOfTheDefinition) {
  VitConfig config;
  config.image_size = 4;
  config.patch_size = 2;
  config.width = 8;
  config.depth = 2;
  config.heads = 2;
  config.mlp_ratio = 1;
  config.classes = 3;
  const std::vector<std::vector<std::string>> variants = {
      {},
      {"prompt_activation=gelu"},
      {"prompt_generator=mlp", "prompt_rank=2"},
      {"prompt_injection=add"},
      {"top_k=1", "relative_gate=false", "stream_scale=false"},
      {"router=linear", "top_k=2", "temperature=0.7"},
      {"temperature=learned", "token_norm=true"},
  };
  for (const char* method_name : {"adaptformer_x", "adapter_x", "dapt_x"}) {
    for (std::vector<std::string> settings : variants) {
      settings.insert(settings.end(),
                      {"prompts=true", "experts=3", "heads=2", "rank=2", "route_width=2", "balance=0.5"});
      const auto method = make_method(method_name, settings);
      CheckOptions options;
      options.compile.precision = Precision::fp32;
      const CheckResult r = check_graph(
          [&](Graph& g) {
            const auto adaptation = method->adapt();
            const Value logits =
                build_vit(g, config, {2, true, 0.2f}, *adaptation).features.head(config.classes);
            const Value penalty = adaptation->penalty();
            return penalty ? add(logits, broadcast_scalar(penalty, logits.shape(), Role::exact)) : logits;
          },
          options);
      EXPECT_LE(r.forward_error, 1e-5) << method_name << " " << settings[0];
      EXPECT_LE(r.worst_gradient_error, 2e-4)
          << method_name << " " << settings[0] << " " << r.worst_parameter;
    }
  }
}

TEST(AdapterX, SettingsThatCannotBeAreErrors) {
  const auto error_of = [](const std::string& setting) -> std::string {
    return error_text([&] { make_method("adaptformer_x", {setting}); });
  };
  EXPECT_EQ(error_of("experts=0"), "adaptformer_x: experts: expected a number from 1 to 256, got 0");
  EXPECT_EQ(error_of("top_k=9"), "adaptformer_x: top_k: expected 1 to 4 (experts) or all, got 9");
  EXPECT_EQ(error_of("route_width=1"),
            "adaptformer_x: route_width: expected 2 or more, or 0 for experts / 2, got 1");
  EXPECT_EQ(error_of("router=cosin"),
            "adaptformer_x: router: expected cosine, linear, got `cosin`; did you mean `cosine`?");
  EXPECT_EQ(error_of("expert_scale=dynamic"),
            "adaptformer_x: expert_scale: expected fixed, token, got `dynamic`");
  EXPECT_EQ(error_of("gate=yes"), "adaptformer_x: gate: expected true or false, got `yes`");
  EXPECT_EQ(error_of("temperature=0"),
            "adaptformer_x: temperature: expected a number above 0, or learned, got 0");
  EXPECT_NE(error_of("expert=4").find("did you mean `experts`?"), std::string::npos);
}

}  // namespace
}  // namespace ax
