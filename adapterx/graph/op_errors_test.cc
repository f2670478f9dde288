// What ops refuse, and how their errors name the op, the operand and both shapes.
#include <gtest/gtest.h>

#include "adapterx/base/error_text_test.h"
#include "adapterx/graph/compile.h"
#include "adapterx/graph/gradient_check.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/attention.h"
#include "adapterx/graph/ops/chamfer.h"
#include "adapterx/graph/ops/concat_features.h"
#include "adapterx/graph/ops/cross_entropy.h"
#include "adapterx/graph/ops/dropout.h"
#include "adapterx/graph/ops/gather_tokens.h"
#include "adapterx/graph/ops/group_points.h"
#include "adapterx/graph/ops/layer_norm.h"
#include "adapterx/graph/ops/linear.h"
#include "adapterx/graph/ops/max_tokens.h"
#include "adapterx/graph/ops/random_mask.h"
#include "adapterx/graph/ops/tokens.h"

namespace ax {
namespace {

TEST(OpErrors, RandomPlacesAndGraphsAreUsedOnce) {
  Graph g;
  const Value x = g.input("x", {4, 4});
  dropout(x, 0.5f);
  EXPECT_THROW(dropout(x, 0.5f), Error);
  dropout(x, 0.5f, "another");
  Graph other;
  EXPECT_THROW(add(x, other.input("y", {4, 4})), Error);
  EXPECT_THROW(g.input("empty", {4, 0}), Error);
}

TEST(OpErrors, IndexOutsideTheTokens) {
  for (const int32_t wrong : {-1, 4}) {
    Graph g;
    CompileRequest request;
    const Value index = g.input("index", {1, 3}, Role::index);
    request.outputs = {{"y", gather_tokens(g.input("x", {1, 4, 2}), index)}};
    const auto session = compile(g, request);
    session->run();
    session->input("index").i32()[2] = wrong;
    EXPECT_THROW(session->run(), Error) << wrong;
  }
}

// The text of the error that building throws.
std::string error_of(const BuildFunction& build) {
  Graph g;
  return error_text([&] {
    const Scope scope(g, "blocks.3");
    build(g);
  });
}

TEST(OpErrors, NameOpOperandAndBothShapes) {
  EXPECT_EQ(error_of([](Graph& g) {
              return linear(g.input("x", {2, 768}), g.parameter("w", {3072, 192}));
            }),
            "blocks.3: linear: weight: expected [3072, 768], got [3072, 192]");
  EXPECT_EQ(error_of([](Graph& g) {
              return layer_norm(g.input("x", {2, 8}), g.parameter("w", {8}), g.parameter("b", {9}), 1e-6f);
            }),
            "blocks.3: layer_norm: bias: expected [8], got [9]");
  EXPECT_EQ(error_of([](Graph& g) {
              return add(g.input("x", {2, 8}), g.input("y", {3, 8}));
            }),
            "blocks.3: add: b: expected [2, 8], got [3, 8]");
  EXPECT_EQ(error_of([](Graph& g) {
              return attention(g.input("x", {2, 4, 10}), 3);
            }),
            "blocks.3: attention: qkv: expected a width divisible by 3 * 3 heads, got [2, 4, 10]");
  EXPECT_EQ(error_of([](Graph& g) {
              return slice_tokens(g.input("x", {2, 4, 10}), 3, 2);
            }),
            "blocks.3: tokens: source: expected tokens [3, 5), got [2, 4, 10]");
  EXPECT_EQ(error_of([](Graph& g) {
              return cross_entropy(g.input("x", {4, 10}), g.input("l", {3}, Role::index));
            }),
            "blocks.3: cross_entropy: target: expected [4], got [3]");
  EXPECT_EQ(error_of([](Graph& g) {
              return max_tokens(g.input("x", {2, 4, 10}), 3, 2);
            }),
            "blocks.3: max_tokens: x: expected tokens [3, 5), got [2, 4, 10]");
  EXPECT_EQ(error_of([](Graph& g) {
              const Value parts[] = {g.input("x", {2, 4, 10}), g.input("y", {2, 3, 5})};
              return concat_features(parts);
            }),
            "blocks.3: concat_features: part: expected [2, 4, 5], got [2, 3, 5]");
  EXPECT_EQ(error_of([](Graph& g) {
              return gather_tokens(g.input("x", {2, 4, 10}), g.input("i", {3, 2}, Role::index));
            }),
            "blocks.3: gather_tokens: index: expected [2, 2], got [3, 2]");
  EXPECT_EQ(error_of([](Graph& g) { return random_mask(g, 2, 8, 8).masked; }),
            "blocks.3: random_mask: masked: expected 1 to 7 of 8 tokens, got 8");
  EXPECT_EQ(error_of([](Graph& g) {
              return chamfer_distance(g.input("p", {4, 10, 3}), g.input("t", {5, 9, 3}));
            }),
            "blocks.3: chamfer: target: expected [4, 9, 3], got [5, 9, 3]");
  EXPECT_EQ(error_of([](Graph& g) {
              return group_points(g.input("points", {4, 10, 3}), 11, 2).centers;
            }),
            "blocks.3: group_points: groups: expected 1 to 10, the points of a cloud, got 11");
}

}  // namespace
}  // namespace ax
