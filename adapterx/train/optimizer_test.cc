#include "adapterx/train/optimizer.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ax {
namespace {

// Three parameters, values 1, gradients 0.5.
class OptimizerTest : public ::testing::Test {
 protected:
  OptimizerTest() {
    graph_.parameter("blocks.0.weight", {3, 5}, Init::ones(), {"backbone", true});
    graph_.parameter("head.weight", {7, 3}, Init::ones(), {"head", true});
    graph_.parameter("head.bias", {7}, Init::ones(), {"head", true, /*decays=*/false});
    parameters_ = std::make_shared<TrainedParameters>(graph_);
    parameters_->initialise(nullptr, 0);
    for (const auto& e : parameters_->entries()) {
      for (float& g : parameters_->gradient(e).f32_span()) g = 0.5f;
    }
  }
  float value(const char* name) { return parameters_->value(*parameters_->find(name)).f32()[0]; }

  Graph graph_;
  std::shared_ptr<TrainedParameters> parameters_;
};

OptimizerOptions sgd_options() {
  OptimizerOptions o;
  o.kind = OptimizerOptions::Kind::sgd;
  o.momentum = 0;
  return o;
}

TEST_F(OptimizerTest, SgdFollowsTheGradient) {
  Optimizer optimizer(parameters_, sgd_options());
  EXPECT_NEAR(optimizer.step(0.1f), 0.5 * std::sqrt(15 + 21 + 7), 1e-6);
  EXPECT_FLOAT_EQ(value("blocks.0.weight"), 0.95f);
  EXPECT_FLOAT_EQ(value("head.bias"), 0.95f);
}

TEST_F(OptimizerTest, WhatIsDeclaredSoGoesWithoutWeightDecay) {
  OptimizerOptions o = sgd_options();
  o.weight_decay = 0.2f;
  Optimizer(parameters_, o).step(0.1f);
  EXPECT_FLOAT_EQ(value("blocks.0.weight"), 1.0f - 0.1f * (0.5f + 0.2f));
  EXPECT_FLOAT_EQ(value("head.weight"), 1.0f - 0.1f * (0.5f + 0.2f));
  EXPECT_FLOAT_EQ(value("head.bias"), 1.0f - 0.1f * 0.5f);
}

TEST_F(OptimizerTest, AllDecayWhereTheOptionsSaySo) {
  OptimizerOptions o = sgd_options();
  o.weight_decay = 0.2f;
  o.decay_vectors = true;
  Optimizer(parameters_, o).step(0.1f);
  EXPECT_FLOAT_EQ(value("head.bias"), 1.0f - 0.1f * (0.5f + 0.2f));
}

// The first step of AdamW moves every value by the learning rate, whatever the gradient's size.
TEST_F(OptimizerTest, AdamWNormalisesAndDecaysDecoupled) {
  OptimizerOptions o;
  o.weight_decay = 0.1f;
  Optimizer optimizer(parameters_, o);
  optimizer.step(0.01f);
  EXPECT_NEAR(value("head.weight"), 1.0f - 0.01f * 0.1f - 0.01f, 1e-6f);
  EXPECT_EQ(optimizer.steps_taken(), 1);
}

// A parameter of size 0.02 moves by a fiftieth of what one of size 1 does, whatever its size is later; one
// that starts at zero as one of size 1.
TEST_F(OptimizerTest, RelativeRatesAreInProportionToTheSizeAtTheStart) {
  const ParameterUse relative = {.part = "CLS", .trained = true, .decays = false, .relative = true};
  graph_.parameter("cls_token", {4}, Init{Init::Kind::constant, 0.02f, 0}, relative);
  graph_.parameter("bias", {4}, Init::zeros(), relative);
  parameters_ = std::make_shared<TrainedParameters>(graph_);
  parameters_->initialise(nullptr, 0);
  for (const auto& e : parameters_->entries()) {
    for (float& g : parameters_->gradient(e).f32_span()) g = 0.5f;
  }
  Optimizer optimizer(parameters_, sgd_options());
  optimizer.step(0.1f);
  optimizer.step(0.1f);
  EXPECT_NEAR(value("head.bias"), 1 - 2 * 0.05f, 1e-6f);
  EXPECT_NEAR(value("cls_token"), 0.02f - 2 * 0.05f * 0.02f, 1e-7f);
  EXPECT_NEAR(value("bias"), -2 * 0.05f, 1e-6f);
}

TEST_F(OptimizerTest, ClippingBoundsTheGlobalNorm) {
  OptimizerOptions o = sgd_options();
  o.max_gradient_norm = 1;
  Optimizer optimizer(parameters_, o);
  const double norm = optimizer.step(1);
  EXPECT_NEAR(value("head.weight"), 1.0 - 0.5 / norm, 1e-6);
}

TEST_F(OptimizerTest, GapsBetweenParametersStayZero) {
  OptimizerOptions o;
  o.weight_decay = 0.1f;
  Optimizer optimizer(parameters_, o);
  for (int i = 0; i < 5; ++i) optimizer.step(0.1f);
  EXPECT_EQ(parameters_->values()[15], 0.0f);
}

// Neither the step, nor weight decay, nor the norm sees a buffer.
TEST_F(OptimizerTest, BuffersAreLeftAlone) {
  const double norm = Optimizer(parameters_, sgd_options()).step(0);
  graph_.buffer("norm.running_mean", {40}, Init::ones());
  for (const auto kind : {OptimizerOptions::Kind::sgd, OptimizerOptions::Kind::adamw}) {
    parameters_ = std::make_shared<TrainedParameters>(graph_);
    parameters_->initialise(nullptr, 0);
    for (float& g : parameters_->gradients()) g = 0;
    for (const auto& e : parameters_->optimised()) {
      for (float& g : parameters_->gradient(e).f32_span()) g = 0.5f;
    }
    OptimizerOptions o;
    o.kind = kind;
    o.weight_decay = 0.1f;
    o.decay_vectors = true;
    Optimizer optimizer(parameters_, o);
    EXPECT_FLOAT_EQ(static_cast<float>(optimizer.step(0.1f)), static_cast<float>(norm));
    for (const float x : parameters_->value(*parameters_->find("norm.running_mean")).f32_span()) {
      EXPECT_EQ(x, 1.0f);
    }
    EXPECT_NE(value("head.bias"), 1.0f);
    EXPECT_EQ(optimizer.first_moment().size(), parameters_->gradients().size());
  }
}

}  // namespace
}  // namespace ax
