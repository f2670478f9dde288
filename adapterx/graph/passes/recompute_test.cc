#include "adapterx/graph/passes/recompute.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "adapterx/graph/ops/activation.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/dropout.h"
#include "adapterx/graph/ops/layer_norm.h"
#include "adapterx/graph/ops/linear.h"
#include "adapterx/graph/passes/pass_test.h"
#include "adapterx/graph/passes/uses.h"

namespace ax {
namespace {

Value input(Graph& g) { return g.input("x", {2, 3, 8}, Role::activation); }
Value weight(Graph& g, const char* name) { return g.parameter(name, {8, 8}); }
Value vector(Graph& g, const char* name) { return g.parameter(name, {8}); }

int64_t readers(const Graph& g, Value v, bool backward) {
  const Uses uses(g, {});
  return std::ranges::count_if(uses.readers(v.id),
                               [&](size_t n) { return g.nodes()[n].backward == backward; });
}

// The number of nodes of an op in one of the two.
int64_t count(const Graph& g, std::string_view op, bool backward) {
  return std::ranges::count_if(
      g.nodes(), [&](const Node& node) { return node.op->name() == op && node.backward == backward; });
}

TEST(Recompute, AnActivationIsComputedAgainFromItsInput) {
  Graph g;
  const Value hidden = gelu(linear(input(g), weight(g, "first")));
  differentiate_all(g, linear(hidden, weight(g, "second")));
  const std::string forward = ops(g);
  ASSERT_GT(readers(g, hidden, true), 0);
  recompute_cheap(g);
  EXPECT_EQ(readers(g, hidden, true), 0) << "its memory is free after the forward";
  EXPECT_EQ(readers(g, hidden, false), 1);
  EXPECT_EQ(count(g, "gelu_erf", true), 1);
  EXPECT_EQ(ops(g), forward);
  EXPECT_TRUE(in_order(g));
}

// Not at the start of the backward, where it would be kept as long as before.
TEST(Recompute, ItComesJustBeforeItsFirstReader) {
  Graph g;
  Value x = input(g);
  for (const char* name : {"first", "second", "third"}) x = gelu(linear(x, weight(g, name)));
  differentiate_all(g, x);
  recompute_cheap(g);
  for (size_t n = 0; n + 1 < g.nodes().size(); ++n) {
    const Node &node = g.nodes()[n], &next = g.nodes()[n + 1];
    if (!node.backward || node.op->name() != "gelu_erf") continue;
    EXPECT_EQ(std::ranges::count(next.inputs, node.outputs[0]), 1) << n;
  }
  EXPECT_EQ(count(g, "gelu_erf", true), 2);
}

TEST(Recompute, ANormsOutputIsComputedAgainFromTheNormalisedInput) {
  Graph g;
  const Value y =
      layer_norm(linear(input(g), weight(g, "first")), vector(g, "norm.w"), vector(g, "norm.b"), 1e-5f);
  differentiate_all(g, linear(y, weight(g, "second")));
  recompute_cheap(g);
  EXPECT_EQ(readers(g, y, true), 0);
  EXPECT_EQ(count(g, "layer_norm", true), 0) << "statistics are not computed again";
  EXPECT_TRUE(in_order(g));
}

// Frozen "first": the backward reads the activation, for the gradient of "second", but not what it is
// computed from. To keep that instead would save nothing.
TEST(Recompute, NotWhereTheInputWouldHaveToBeKeptForIt) {
  Graph g;
  const Value hidden = gelu(linear(input(g), weight(g, "first"))), second = weight(g, "second");
  const Value loss = sum(linear(hidden, second));
  const int trained[] = {second.id};
  differentiate(g, loss, trained);
  const std::string before = ops(g, true);
  recompute_cheap(g);
  EXPECT_EQ(ops(g, true), before);
  EXPECT_EQ(readers(g, hidden, true), 1);
}

TEST(Recompute, LeavesAloneWhatTheBackwardDoesNotRead) {
  Graph g;
  differentiate_all(g, gelu(linear(input(g), weight(g, "first"))));
  const std::string before = ops(g, true);
  recompute_cheap(g);
  EXPECT_EQ(ops(g, true), before);
}

TEST(Recompute, DropoutKeepsWhatItDrew) {
  Graph g;
  const Value dropped = dropout(gelu(linear(input(g), weight(g, "first"))), 0.5f);
  differentiate_all(g, linear(dropped, weight(g, "second")));
  ASSERT_EQ(count(g, "dropout", true), 1) << "the mask on the gradient";
  const int64_t before = readers(g, dropped, true);
  recompute_cheap(g);
  EXPECT_EQ(count(g, "dropout", true), 1);
  EXPECT_EQ(readers(g, dropped, true), before);
}

TEST(Recompute, ValuesAndGradientsStay) {
  const auto block = [](Graph& g) {
    const Value x = linear(input(g), weight(g, "embed"));
    const Value y = layer_norm(x, vector(g, "norm.w"), vector(g, "norm.b"), 1e-5f);
    const Value hidden = dropout(gelu(linear(y, weight(g, "fc1"), vector(g, "b1"))), 0.3f);
    return add(x, relu(linear(hidden, weight(g, "fc2"), vector(g, "b2"))));
  };
  expect_as_defined(block, &CompileOptions::recompute);
}

}  // namespace
}  // namespace ax
