#include "adapterx/graph/passes/narrow_tokens.h"

#include <gtest/gtest.h>

#include "adapterx/graph/ops/activation.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/attention.h"
#include "adapterx/graph/ops/dropout.h"
#include "adapterx/graph/ops/layer_norm.h"
#include "adapterx/graph/ops/linear.h"
#include "adapterx/graph/ops/smoa.h"
#include "adapterx/graph/ops/tokens.h"
#include "adapterx/graph/passes/pass_test.h"
#include "adapterx/graph/passes/uses.h"

namespace ax {
namespace {

constexpr int64_t kTokens = 5, kWidth = 8;

Value input(Graph& g) { return g.input("x", {2, kTokens, kWidth}, Role::activation); }
Value weight(Graph& g, const char* name) { return g.parameter(name, {kWidth, kWidth}); }
Value class_token(Value x) { return slice_tokens(x, 0, 1); }

// Tokens that the node which makes `v` computes.
int64_t tokens_of(Value v) { return v.shape()[1]; }

// The tokens of the first result of the only node of an op.
int64_t tokens_of(Graph& g, std::string_view op) { return tokens_of(g.value(only(g, op).outputs[0])); }

void narrow(Graph& g, Value result, std::set<int> kept = {}) {
  kept.insert(result.id);
  narrow_tokens(g, kept);
  EXPECT_TRUE(in_order(g)) << ops(g);
}

// A block whose class token alone is read.
Value last_block(Graph& g) {
  const Value x = linear(input(g), weight(g, "embed"));
  const Value h = add(x, dropout(attention(linear(x, g.parameter("qkv", {3 * kWidth, kWidth})), 2), 0.3f));
  const Value y = layer_norm(h, g.parameter("norm.w", {kWidth}), g.parameter("norm.b", {kWidth}), 1e-5f);
  return linear(class_token(add(h, gelu(y))), weight(g, "head"));
}

TEST(NarrowTokens, ComputesOneTokenAfterTheLastKeysAndValues) {
  Graph g;
  narrow(g, last_block(g));
  const auto* attention = op_as<AttentionOp>(only(g, "attention"));
  EXPECT_EQ(attention->query_begin, 0);
  EXPECT_EQ(attention->query_count, 1);
  EXPECT_EQ(g.info(only(g, "attention").inputs[0]).shape[1], kTokens) << "keys and values are all tokens'";
  for (const char* op : {"attention", "dropout", "layer_norm", "gelu_erf"})
    EXPECT_EQ(tokens_of(g, op), 1) << op;
  EXPECT_EQ(count(g, "tokens"), 1) << "one slice is left, of the block's input for the residual sum";
}

// Dropout of the narrowed op has the draws of the whole one's tokens, or this would be another function.
TEST(NarrowTokens, ValuesAndGradientsAreThoseOfTheWholeBlock) {
  expect_as_defined(last_block, &CompileOptions::narrow_tokens);
  expect_as_defined(
      [](Graph& g) { return slice_tokens(dropout(linear(input(g), weight(g, "w")), 0.5f), 2, 2); },
      &CompileOptions::narrow_tokens);
}

TEST(NarrowTokens, AValueThatSomebodyElseReadsStaysWhole) {
  Graph g;
  const Value whole = relu(input(g));
  narrow(g, add(mean_tokens(whole, 0, kTokens), class_token(whole)));
  EXPECT_EQ(tokens_of(g, "relu"), kTokens);

  Graph h;
  const Value kept = relu(input(h));
  narrow(h, gelu(class_token(kept)), {kept.id});
  EXPECT_EQ(tokens_of(h, "relu"), kTokens);
  EXPECT_EQ(maker_of(h, kept).op->name(), "relu") << "the caller knows it by its id";
}

TEST(NarrowTokens, AKeptSliceKeepsItsId) {
  Graph g;
  const Value slice = class_token(relu(input(g)));
  narrow(g, slice);
  EXPECT_EQ(ops(g), "relu tokens");
  EXPECT_EQ(maker_of(g, slice).op->name(), "tokens");
}

TEST(NarrowTokens, TakesASliceFromTheSourceItLiesIn) {
  Graph g;
  const Value x = input(g), with_prompts = insert_tokens(x, g.parameter("prompts", {2, 3, kWidth}), 1);
  const Value patches = slice_tokens(with_prompts, 5, 2);  // tokens 2 and 3 of x
  const Value result = relu(patches);
  const auto values = [&] { return interpret(g, {result}, test_values)[0].v; };
  const std::vector<double> before = values();
  narrow(g, result);
  EXPECT_EQ(ops(g), "tokens relu");
  EXPECT_EQ(only(g, "tokens").inputs, std::vector<int>{x.id});
  EXPECT_EQ(values(), before);
}

TEST(NarrowTokens, ASliceOfTwoSourcesStays) {
  Graph g;
  narrow(g, relu(slice_tokens(insert_tokens(input(g), g.parameter("prompts", {2, 3, kWidth}), 1), 0, 2)));
  EXPECT_EQ(ops(g), "tokens tokens relu");
}

TEST(NarrowTokens, MergesEqualSlicesAndNoOthers) {
  Graph g;
  const Value x = input(g);
  narrow(g, add(gelu(class_token(x)), relu(class_token(x))));
  EXPECT_EQ(count(g, "tokens"), 1);

  Graph h;
  const Value y = input(h);
  narrow(h, add(gelu(slice_tokens(y, 0, 1)), relu(slice_tokens(y, 1, 1))));
  EXPECT_EQ(count(h, "tokens"), 2);
}

Smoa mixture(Graph& g) {
  SmoaParameters p;
  p.router = g.parameter("router", {3, kWidth});
  p.down = g.parameter("down", {3, 2, kWidth});
  p.up = g.parameter("up", {3, kWidth, 2});
  return smoa(linear(input(g), weight(g, "embed")), p, {});
}

// The mean over tokens is another one for fewer tokens; the balance loss is of all that were routed.
TEST(NarrowTokens, OtherResultsThatAreReadMayForbidIt) {
  Graph g;
  const Smoa balanced = mixture(g);
  narrow(g, add(class_token(balanced.a), balanced.balance));
  EXPECT_EQ(tokens_of(g, "smoa"), 1);

  Graph h;
  const Smoa averaged = mixture(h);
  narrow(h, add(class_token(averaged.a), averaged.mean));
  EXPECT_EQ(tokens_of(h, "smoa"), kTokens);

  Graph k;
  const Smoa known = mixture(k);
  narrow(k, relu(class_token(known.a)), {known.balance.id});
  EXPECT_EQ(tokens_of(k, "smoa"), kTokens) << "the caller knows the balance loss by its id";
}

TEST(NarrowTokens, WhatReadsAnotherResultComesAfterTheNarrowedNode) {
  const auto build = [](Graph& g) {
    const Smoa m = mixture(g);
    const Value penalty = scale(m.balance, 2);
    return add(class_token(m.a), penalty);
  };
  Graph g;
  narrow(g, build(g));
  EXPECT_EQ(tokens_of(g, "smoa"), 1);
  expect_as_defined(build, &CompileOptions::narrow_tokens);
}

}  // namespace
}  // namespace ax
