// What compile() promises of whole models: nothing computed that a trained parameter doesn't need, nothing
// allocated in a step, the same bits every time.
#include "adapterx/train/build_session.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "adapterx/base/allocation_counter.h"
#include "adapterx/base/error_text_test.h"
#include "adapterx/base/parallel.h"
#include "adapterx/models/synthetic_weights.h"
#include "adapterx/models/vit/vit_family.h"
#include "adapterx/train/optimizer.h"

namespace ax {
namespace {

SessionSpec small_vit() {
  VitConfig model;
  model.image_size = 32;
  model.patch_size = 8;
  model.width = 48;
  model.depth = 3;
  model.heads = 3;
  model.classes = 6;
  SessionSpec spec;
  spec.model = vit_backbone(model);
  spec.batch = 5;
  return spec;
}

BuiltSession build(const SessionSpec& spec, const std::string& method) {
  BuiltSession built = build_session(spec, *make_method(method),
                                     std::make_shared<FrozenWeights>(synthetic_source), synthetic_source);
  const Tensor images = built.session->input("images");
  fill_synthetic("images", images.shape, images.f32_span());
  if (spec.training) fill_synthetic_labels(6, {built.session->input("labels").i32(), 5});
  return built;
}

int64_t count(const Session& session, const std::function<bool(const Step&)>& predicate) {
  return std::count_if(session.steps().begin(), session.steps().end(), predicate);
}

TEST(Pruning, NoWeightGradientOfFrozenLayers) {
  // 1 patch embedding + 3 blocks of 4 + head; 3 adapters of 2 + head; head.
  const auto weight_gradients = [](const char* method) {
    return count(*build(small_vit(), method).session,
                 [](const Step& s) { return s.op == "linear_weight_grad"; });
  };
  EXPECT_EQ(weight_gradients("full"), 14);
  EXPECT_EQ(weight_gradients("adaptformer"), 7);
  EXPECT_EQ(weight_gradients("linear_probe"), 1);
}

TEST(Pruning, LinearProbeRunsNoBackwardThroughTheBackbone) {
  const BuiltSession built = build(small_vit(), "linear_probe");
  EXPECT_EQ(
      count(*built.session,
            [](const Step& s) { return s.backward && s.scope.rfind("head", 0) != 0 && !s.scope.empty(); }),
      0);
  std::vector<std::string> backward;
  for (const Step& s : built.session->steps()) {
    if (s.backward) backward.push_back(s.op);
  }
  EXPECT_EQ(backward.front(), "loss_gradient");
  for (const std::string& op : backward) {
    EXPECT_TRUE(op == "loss_gradient" || op == "cross_entropy_grad" || op == "linear_weight_grad" ||
                op == "column_sum" || op == "cast")
        << op;
  }
}

TEST(Pruning, AdapterBackwardStopsAtTheFirstAdapter) {
  const BuiltSession built = build(small_vit(), "adaptformer");
  EXPECT_EQ(count(*built.session,
                  [](const Step& s) { return s.backward && s.scope.rfind("blocks.0.attn", 0) == 0; }),
            0);
  EXPECT_EQ(count(*built.session,
                  [](const Step& s) { return s.backward && s.scope.rfind("blocks.0.mlp", 0) == 0; }),
            0);
  EXPECT_GT(count(*built.session,
                  [](const Step& s) { return s.backward && s.scope.rfind("blocks.0.adaptmlp", 0) == 0; }),
            0);
}

// The last block's FFN, read by the class token alone, works on one token a sample.
TEST(Pruning, LastBlockComputesTheClassTokenOnly) {
  SessionSpec spec = small_vit();
  const auto flops_of_last_fc1 = [&](bool narrow) {
    spec.options.narrow_tokens = narrow;
    const BuiltSession built = build(spec, "adaptformer");
    double flops = 0;
    for (const Step& s : built.session->steps()) {
      if (s.scope == "blocks.2.mlp.fc1" && !s.backward) flops += s.flops;
    }
    return flops;
  };
  EXPECT_EQ(flops_of_last_fc1(true), 2.0 * 5 * 48 * 192);
  EXPECT_EQ(flops_of_last_fc1(false), 2.0 * 5 * 17 * 48 * 192);
}

TEST(Session, AllocatesNothingInAStep) {
  if (!allocation_counting_available()) GTEST_SKIP() << "allocations can't be counted here";
  for (const MethodInfo& info : methods()) {
    const std::string& method = info.name;
    SessionSpec spec = small_vit();
    spec.drop_path = 0.1f;
    BuiltSession built = build(spec, method);
    Optimizer optimizer(built.trained, OptimizerOptions{});
    const auto step = [&](uint32_t i) {
      built.trained->zero_gradients();
      built.session->run(1, i);
      optimizer.step(1e-3f);
    };
    step(0);  // threads start in the first
    const uint64_t before = allocations_counted();
    for (uint32_t i = 1; i < 4; ++i) step(i);
    EXPECT_EQ(allocations_counted() - before, 0u) << method;
  }
}

std::vector<float> train(const SessionSpec& spec, const std::string& method, int steps,
                         double* last_loss = nullptr) {
  BuiltSession built = build(spec, method);
  OptimizerOptions options;
  options.weight_decay = 0.01f;
  options.max_gradient_norm = 1;
  Optimizer optimizer(built.trained, options);
  for (int i = 0; i < steps; ++i) {
    built.trained->zero_gradients();
    built.session->run(42, static_cast<uint32_t>(i));
    optimizer.step(1e-3f);
    if (last_loss != nullptr) *last_loss = static_cast<double>(*built.session->output("loss").f32());
  }
  return {built.trained->values().begin(), built.trained->values().end()};
}

TEST(Session, SameSeedAndThreadsGiveTheSameBits) {
  for (const Precision precision : {Precision::fp32, Precision::bf16}) {
    SessionSpec spec = small_vit();
    spec.options.precision = precision;
    spec.drop_path = 0.2f;
    for (const char* method : {"adaptformer", "adaptformer_x", "dapt", "dapt_x"}) {
      const std::vector<float> a = train(spec, method, 3), b = train(spec, method, 3);
      EXPECT_EQ(std::memcmp(a.data(), b.data(), a.size() * sizeof(float)), 0) << method;
    }
  }
}

TEST(Session, EveryMethodLowersTheLoss) {
  for (const MethodInfo& info : methods()) {
    const std::string& method = info.name;
    for (const Precision precision : {Precision::fp32, Precision::bf16}) {
      SessionSpec spec = small_vit();
      spec.options.precision = precision;
      double first = 0, last = 0;
      train(spec, method, 1, &first);
      train(spec, method, 60, &last);
      EXPECT_LT(last, 0.8 * first) << method;
    }
  }
}

TEST(Session, EveryStepDropsAnew) {
  SessionSpec spec = small_vit();
  const BuiltSession built = build(spec, "adaptformer");
  const auto logits = [&](uint64_t seed, uint32_t step) {
    built.session->run(seed, step);
    return *built.session->output("logits").f32();
  };
  const float first = logits(1, 0);
  EXPECT_NE(first, logits(1, 1));
  EXPECT_NE(first, logits(2, 0));
  EXPECT_EQ(first, logits(1, 0));
}

// Full fine-tuning keeps neither GELU's outputs nor the norms': they are computed again.
TEST(Session, RecomputationSavesMemory) {
  const auto arena = [](bool recompute) {
    SessionSpec spec = small_vit();
    spec.batch = 16;
    spec.options.recompute = recompute;
    const auto method = make_method("full");
    return build_session(spec, *method, nullptr, synthetic_source).session->memory().arena_bytes;
  };
  EXPECT_LT(static_cast<double>(arena(true)), 0.8 * static_cast<double>(arena(false)));
}

// Two micro-batches at loss scale 1/2, added up, are one batch.
TEST(Session, GradientsAccumulateOverMicroBatches) {
  SessionSpec spec = small_vit();
  spec.options.precision = Precision::fp32;
  BuiltSession built = build(spec, "linear_probe");
  built.session->run();
  const std::vector<float> once(built.trained->gradients().begin(), built.trained->gradients().end());
  built.trained->zero_gradients();
  built.session->run(0, 0, 0.5f);
  built.session->run(0, 0, 0.5f);
  for (size_t i = 0; i < once.size(); ++i) EXPECT_NEAR(built.trained->gradients()[i], once[i], 1e-6f);
}

TEST(Session, EvaluationSharesTheTrainedParameters) {
  SessionSpec spec = small_vit();
  spec.options.precision = Precision::fp32;
  const auto method = make_method("adaptformer");
  const auto frozen = std::make_shared<FrozenWeights>(synthetic_source);
  BuiltSession training = build_session(spec, *method, frozen, synthetic_source);
  const size_t packed = frozen->bytes();
  spec.training = false;
  BuiltSession evaluation = build_session(spec, *method, frozen, synthetic_source, 0, training.trained);
  EXPECT_LE(frozen->bytes(), packed);  // forward weights are shared; no second copy
  const Tensor images = evaluation.session->input("images");
  fill_synthetic("images", images.shape, images.f32_span());
  evaluation.session->run();
  const float before = evaluation.session->output("logits").f32()[0];
  for (float& x : training.trained->values()) x += 0.1f;
  evaluation.session->run();
  EXPECT_NE(evaluation.session->output("logits").f32()[0], before);
}

TEST(Session, ErrorsNameWhatIsWrong) {
  BuiltSession built = build(small_vit(), "linear_probe");
  EXPECT_EQ(error_text([&] { built.session->input("image"); }),
            "session: no input named `image`; did you mean `images`?");
  built.session->input("labels").i32()[3] = 6;
  EXPECT_THROW(built.session->run(), Error);
}

TEST(Session, MissingWeightIsAnError) {
  const WeightSource none = [](std::string_view, const Shape&, std::span<float>) { return false; };
  const std::string text = error_text([&] {
    build_session(small_vit(), *make_method("linear_probe"), std::make_shared<FrozenWeights>(none), none);
  });
  expect_part(text, "the checkpoint doesn't hold it");
}

TEST(Optimizer, NonFiniteGradientNamesTheParameterAndChangesNothing) {
  BuiltSession built = build(small_vit(), "adaptformer");
  Optimizer optimizer(built.trained, OptimizerOptions{});
  const std::vector<float> before(built.trained->values().begin(), built.trained->values().end());
  const auto& entry = *built.trained->find("head.bias");
  built.trained->gradient(entry).f32()[1] = std::nanf("");
  const std::string text = error_text([&] { optimizer.step(1e-3f); });
  EXPECT_TRUE(text.starts_with("head.bias: gradient is not finite")) << text;
  EXPECT_TRUE(std::equal(before.begin(), before.end(), built.trained->values().begin()));
}

}  // namespace
}  // namespace ax
