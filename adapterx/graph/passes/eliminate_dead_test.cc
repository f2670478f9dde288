#include "adapterx/graph/passes/eliminate_dead.h"

#include <gtest/gtest.h>

#include "adapterx/graph/ops/activation.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/attention.h"
#include "adapterx/graph/ops/cast.h"
#include "adapterx/graph/ops/linear.h"
#include "adapterx/graph/passes/pass_test.h"

namespace ax {
namespace {

Value input(Graph& g) { return g.input("x", {2, 3, 8}, Role::activation); }
Value weight(Graph& g, const char* name) { return g.parameter(name, {8, 8}); }

TEST(EliminateDead, RemovesChainsThatNothingKeptDependsOn) {
  Graph g;
  const Value x = input(g), h = relu(x), y = linear(h, weight(g, "w"));
  gelu(linear(h, weight(g, "unused")));
  const auto values = [&] { return interpret(g, {y}, test_values)[0].v; };
  const std::vector<double> before = values();
  eliminate_dead(g, {y.id});
  EXPECT_EQ(ops(g), "relu linear");
  EXPECT_EQ(values(), before);
}

TEST(EliminateDead, LeavesKeptValuesThatNoNodeReads) {
  Graph g;
  const Value h = relu(input(g)), aside = gelu(h), y = linear(h, weight(g, "w"));
  eliminate_dead(g, {aside.id, y.id});
  EXPECT_EQ(ops(g), "relu gelu_erf linear");
}

TEST(EliminateDead, LeavesWhatAddsToTheGradientOfParameters) {
  Graph g;
  differentiate_all(g, linear(relu(linear(input(g), weight(g, "first"))), weight(g, "second")));
  const std::string forward = ops(g), backward = ops(g, true);
  eliminate_dead(g, {});
  EXPECT_EQ(ops(g), "linear relu") << "all that gradients read, but not the loss: " << forward;
  EXPECT_EQ(ops(g, true), backward);
}

TEST(EliminateDead, OneOutputThatIsReadKeepsTheNode) {
  Graph g;
  attention(linear(input(g), g.parameter("qkv", {24, 8})), 2);
  const Value statistics = g.value(g.nodes().back().outputs[1]);
  eliminate_dead(g, {statistics.id});
  EXPECT_EQ(ops(g), "linear attention");
}

TEST(ClearUnreadOutputs, ClearsThemAndNothingElse) {
  Graph g;
  const Value out = attention(linear(input(g), g.parameter("qkv", {24, 8})), 2), y = relu(out);
  const Node attention_before = maker_of(g, out);
  clear_unread_outputs(g, {y.id});
  EXPECT_EQ(maker_of(g, out).outputs, (std::vector<int>{out.id, -1})) << "log-sum-exp is for a backward";
  EXPECT_EQ(maker_of(g, out).inputs, attention_before.inputs);
  EXPECT_EQ(maker_of(g, y).outputs, std::vector<int>{y.id});
  EXPECT_EQ(ops(g), "linear attention relu");
}

TEST(ClearUnreadOutputs, LeavesWhatABackwardOrTheCallerReads) {
  Graph g;
  const Value out = attention(linear(input(g), g.parameter("qkv", {24, 8})), 2);
  differentiate_all(g, out);
  const std::vector<int> outputs = maker_of(g, out).outputs;
  clear_unread_outputs(g, {});
  EXPECT_EQ(maker_of(g, out).outputs, outputs);
  EXPECT_GE(g.nodes().back().outputs[0], 0) << "a parameter's gradient is read by the optimiser";

  Graph h;
  const Value kept = attention(linear(input(h), h.parameter("qkv", {24, 8})), 2);
  const int statistics = maker_of(h, kept).outputs[1];
  clear_unread_outputs(h, {statistics});
  EXPECT_EQ(h.nodes().back().outputs, (std::vector<int>{-1, statistics}));
}

}  // namespace
}  // namespace ax
