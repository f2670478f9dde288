#include "adapterx/graph/passes/fuse.h"

#include <gtest/gtest.h>

#include "adapterx/graph/ops/activation.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/batch_norm.h"
#include "adapterx/graph/ops/cast.h"
#include "adapterx/graph/ops/dropout.h"
#include "adapterx/graph/ops/layer_norm.h"
#include "adapterx/graph/ops/linear.h"
#include "adapterx/graph/passes/pass_test.h"
#include "adapterx/graph/passes/uses.h"

namespace ax {
namespace {

Value input(Graph& g, const char* name = "x") { return g.input(name, {2, 3, 8}, Role::activation); }
Value vector(Graph& g, const char* name) { return g.parameter(name, {8}); }
Value dense(Value x, const char* name = "w") { return linear(x, x.graph->parameter(name, {8, 8})); }
Value norm(Value x) { return layer_norm(x, vector(*x.graph, "norm.w"), vector(*x.graph, "norm.b"), 1e-5f); }

Value normalised_rows(Value x) {
  Graph& g = *x.graph;
  const BatchNormParameters p{vector(g, "bn.w"), vector(g, "bn.b"), g.buffer("bn.mean", {8}, Init::zeros()),
                              g.buffer("bn.var", {8}, Init::ones())};
  return batch_norm(x, p, true);
}

struct Case {
  const char* name;
  BuildFunction build;
  const char* before;
  const char* after;
};

// One rule each: where it applies, and where it must not.
const Case kCases[] = {
    {"linear_cast", [](Graph& g) { return cast(dense(input(g)), Role::exact); }, "linear cast", "linear"},
    {"linear_activation", [](Graph& g) { return relu(dense(input(g))); }, "linear relu", "linear"},
    {"linear_scale", [](Graph& g) { return scale(dense(input(g)), 3); }, "linear scale", "linear"},
    {"linear_activation_scale", [](Graph& g) { return scale(relu(dense(input(g))), -3); },
     "linear relu scale", "linear"},
    {"activation_of_what_is_scaled", [](Graph& g) { return relu(scale(dense(input(g)), -3)); },
     "linear scale relu", "linear relu"},
    {"second_activation", [](Graph& g) { return gelu(relu(dense(input(g)))); }, "linear relu gelu_erf",
     "linear gelu_erf"},
    {"linear_read_twice",
     [](Graph& g) {
       const Value h = dense(input(g));
       const Value left = relu(h), right = gelu(h);
       return add(left, right);
     },
     "linear relu gelu_erf add", "linear relu gelu_erf add"},
    {"cast_scale", [](Graph& g) { return scale(cast(input(g), Role::exact), 3); }, "cast scale", "scale"},
    {"cast_read_twice",
     [](Graph& g) {
       const Value c = cast(input(g), Role::exact);
       const Value left = scale(c, 3), right = relu(c);
       return add(left, right);
     },
     "cast scale relu add", "cast scale relu add"},
    {"residual_linear",
     [](Graph& g) {
       const Value x = input(g);
       return add(x, dense(x));
     },
     "linear add", "linear"},
    {"linear_residual",
     [](Graph& g) {
       const Value x = input(g);
       return add(dense(x), x);
     },
     "linear add", "linear"},
    {"two_residuals",
     [](Graph& g) {
       const Value x = input(g);
       return add(add(dense(x), x), input(g, "second"));
     },
     "linear add add", "linear add"},
    {"linear_and_a_vector", [](Graph& g) { return add(dense(input(g)), vector(g, "shift")); }, "linear add",
     "linear add"},
    {"add_norm", [](Graph& g) { return norm(add(input(g), input(g, "branch"))); }, "add layer_norm",
     "layer_norm"},
    {"sum_read_beside_the_norm",
     [](Graph& g) {
       const Value h = add(input(g), input(g, "branch"));
       const Value beside = relu(h), after = norm(h);
       return add(beside, after);
     },
     "add relu layer_norm add", "layer_norm relu add"},
    {"add_of_positions_norm",
     [](Graph& g) {
       return norm(add(input(g), g.parameter("positions", {1, 3, 8})));
     },
     "add layer_norm", "add layer_norm"},
    {"norm_whose_weight_comes_after_the_sum",
     [](Graph& g) {
       const Value h = add(input(g), input(g, "branch"));
       return layer_norm(h, scale(vector(g, "norm.w"), 2), vector(g, "norm.b"), 1e-5f);
     },
     "add scale layer_norm", "add scale layer_norm"},
    {"drop_path_add_norm", [](Graph& g) { return norm(add(input(g), drop_path(input(g, "branch"), 0.5f))); },
     "drop_path_factors scale_samples add layer_norm", "drop_path_factors layer_norm"},
    {"dropped_branch_read_twice",
     [](Graph& g) {
       const Value dropped = drop_path(input(g, "branch"), 0.5f);
       const Value sum = norm(add(input(g), dropped)), beside = relu(dropped);
       return add(sum, beside);
     },
     "drop_path_factors scale_samples add layer_norm relu add",
     "drop_path_factors scale_samples layer_norm relu add"},
};

TEST(Fuse, FoldsWhatItMayAndNothingElse) {
  for (const Case& c : kCases) {
    Graph g;
    const Value y = c.build(g);
    EXPECT_EQ(ops(g), c.before) << c.name;
    fuse(g, {y.id});
    EXPECT_EQ(ops(g), c.after) << c.name;
    EXPECT_TRUE(in_order(g)) << c.name;
    EXPECT_EQ(g.nodes().back().outputs[0], y.id) << c.name << ": the result keeps its id";
    for (const Node& node : g.nodes()) {
      const auto* product = op_as<LinearOp>(node);
      if (product == nullptr || node.inputs.size() > 3) continue;
      EXPECT_EQ(product->out, g.info(node.outputs[0]).role) << c.name;
    }
  }
}

TEST(Fuse, ValuesAndGradientsStay) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    // Parameters at both ends, so that there are gradients to fuse.
    expect_as_defined(
        [&](Graph& g) {
          return multiply(add(c.build(g), vector(g, "shift_after")), vector(g, "weight_after"));
        },
        &CompileOptions::fuse);
  }
}

TEST(Fuse, AValueKnownOutsideIsStillMade) {
  Graph g;
  const Value h = dense(input(g)), y = relu(h);
  fuse(g, {h.id, y.id});
  EXPECT_EQ(ops(g), "linear relu");

  Graph k;
  const Value product = dense(input(k)), z = add(input(k, "residual"), product);
  fuse(k, {product.id, z.id});
  EXPECT_EQ(ops(k), "linear add");
}

TEST(Fuse, AProductThatTheBackwardReadsIsStillMade) {
  Graph g;
  const Value y = gelu(dense(input(g)));
  differentiate_all(g, y);
  fuse(g, {y.id});
  EXPECT_TRUE(ops(g).starts_with("linear gelu_erf")) << ops(g);
}

// As compile() does at fp32.
void fuse_with_backward(Graph& g, Value result) {
  const Value loss = differentiate_all(g, result);
  elide_casts(g, {loss.id}, [](Role) { return DType::f32; });
  fuse(g, {loss.id});
  EXPECT_TRUE(in_order(g)) << ops(g, true);
}

bool has(const std::string& names, std::string_view op) {
  return (" " + names + " ").find(fmt::format(" {} ", op)) != std::string::npos;
}

// Two residual blocks before a norm, the second one's branch with drop path.
Value blocks(Graph& g) {
  const Value x = dense(input(g), "embed"), h = add(x, dense(norm(x), "first"));
  const Value y = add(h, drop_path(dense(h, "second"), 0.5f));
  return layer_norm(y, vector(g, "last.w"), vector(g, "last.b"), 1e-5f);
}

TEST(Fuse, AResidualsGradientIsAddedInsideTheNormsGradient) {
  Graph g;
  fuse_with_backward(g, dense(norm(dense(input(g), "embed")), "first"));
  EXPECT_EQ(only(g, "layer_norm_grad").inputs.size(), 4u) << "nothing to add";

  Graph h;
  const Value x = dense(input(h), "embed");
  fuse_with_backward(h, add(gelu(x), dense(norm(x), "first")));
  EXPECT_EQ(only(h, "layer_norm_grad").inputs.size(), 5u);
  EXPECT_FALSE(has(ops(h, true), "add")) << ops(h, true);
}

TEST(Fuse, ABranchsGradientIsWrittenBesideTheNorms) {
  Graph g;
  const Value x = dense(input(g), "embed");
  fuse_with_backward(g, norm(add(x, drop_path(dense(x, "first"), 0.5f))));
  EXPECT_FALSE(has(ops(g, true), "scale_samples")) << ops(g, true);
  EXPECT_TRUE(op_as<LayerNormGradOp>(only(g, "layer_norm_grad"))->branch);
  EXPECT_EQ(only(g, "layer_norm_grad").outputs.size(), 2u);
}

TEST(Fuse, GradientsOfBlocksStay) { expect_as_defined(blocks, &CompileOptions::fuse); }

TEST(FuseForward, BatchNormTakesTheReluThatAloneReadsIt) {
  Graph g;
  const Value y = relu(normalised_rows(dense(input(g))));
  fuse_forward(g, {y.id});
  EXPECT_EQ(ops(g), "linear batch_norm");
  EXPECT_EQ(g.nodes().back().outputs[0], y.id);
  EXPECT_TRUE(op_as<BatchNormOp>(g.nodes().back())->relu);
  expect_as_defined([](Graph& k) { return relu(normalised_rows(dense(input(k)))); }, &CompileOptions::fuse);
}

TEST(FuseForward, BatchNormLeavesOtherReadersTheirValue) {
  Graph g;
  const Value h = normalised_rows(input(g)), y = add(relu(h), h);
  fuse_forward(g, {y.id});
  EXPECT_EQ(ops(g), "batch_norm relu add");

  Graph k;
  const Value z = gelu(normalised_rows(input(k)));
  fuse_forward(k, {z.id});
  EXPECT_EQ(ops(k), "batch_norm gelu_erf");
}

TEST(ElideCasts, RemovesThoseThatChangeNoType) {
  const auto bf16 = [](Role role) { return role == Role::activation ? DType::bf16 : DType::f32; };
  Graph g;
  const Value narrow = cast(g.input("x", {2, 8}, Role::exact), Role::activation);
  const Value wide = cast(cast(narrow, Role::residual), Role::exact), y = relu(wide);
  const Value kept = cast(g.input("z", {2, 8}, Role::exact), Role::residual);
  ASSERT_EQ(ops(g), "cast cast cast relu cast");
  elide_casts(g, {y.id, kept.id}, bf16);
  EXPECT_EQ(ops(g), "cast cast relu cast") << "f32 to bf16 and back, and the one known outside";
  elide_casts(g, {y.id, kept.id}, [](Role) { return DType::f32; });
  EXPECT_EQ(ops(g), "relu cast");
  EXPECT_EQ(g.info(maker_of(g, y).inputs[0]).name, "x");
}

}  // namespace
}  // namespace ax
