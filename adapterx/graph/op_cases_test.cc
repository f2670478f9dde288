#include "adapterx/graph/op_cases_test.h"

#include "adapterx/graph/ops/activation.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/add_features.h"
#include "adapterx/graph/ops/attention.h"
#include "adapterx/graph/ops/batch_norm.h"
#include "adapterx/graph/ops/cast.h"
#include "adapterx/graph/ops/chamfer.h"
#include "adapterx/graph/ops/concat_features.h"
#include "adapterx/graph/ops/cross_entropy.h"
#include "adapterx/graph/ops/dropout.h"
#include "adapterx/graph/ops/gather_tokens.h"
#include "adapterx/graph/ops/group_points.h"
#include "adapterx/graph/ops/layer_norm.h"
#include "adapterx/graph/ops/linear.h"
#include "adapterx/graph/ops/max_tokens.h"
#include "adapterx/graph/ops/multiply.h"
#include "adapterx/graph/ops/patchify.h"
#include "adapterx/graph/ops/random_mask.h"
#include "adapterx/graph/ops/reduce.h"
#include "adapterx/graph/ops/reshape.h"
#include "adapterx/graph/ops/scale_tokens.h"
#include "adapterx/graph/ops/squared_error.h"
#include "adapterx/graph/ops/standardize.h"
#include "adapterx/graph/ops/tokens.h"

namespace ax {

Value operand(Graph& g, const char* name, const Shape& shape, Role role) {
  return cast(g.parameter(name, shape), role);
}

Value normalised(Graph& g, Value x, bool batch_statistics) {
  const Shape d{x.shape().dim(-1)};
  const Value root = g.buffer(g.scoped("root_var"), d, Init::ones());
  return batch_norm(x,
                    {g.parameter(g.scoped("w"), d), g.parameter(g.scoped("b"), d),
                     g.buffer(g.scoped("mean"), d, Init::zeros()), multiply(root, root)},
                    batch_statistics, 1e-2f);
}

std::vector<OpCase> op_cases() {
  std::vector<OpCase> all = {
      {"linear",
       [](Graph& g) {
         return linear(operand(g, "x", {3, 5, 7}), g.parameter("w", {11, 7}), g.parameter("b", {11}));
       }},
      {"linear_no_bias",
       [](Graph& g) {
         return linear(operand(g, "x", {5, 1}), g.parameter("w", {3, 1}));
       }},
      {"attention_of_residual",
       [](Graph& g) {
         return attention(operand(g, "qkv", {2, 7, 3 * 8}, Role::residual), 2);
       }},
      {"layer_norm",
       [](Graph& g) {
         return layer_norm(operand(g, "x", {3, 5, 9}), g.parameter("w", {9}), g.parameter("b", {9}), 1e-6f);
       }},
      {"attention",
       [](Graph& g) {
         return attention(operand(g, "qkv", {2, 7, 3 * 12}), 3);
       }},
      {"attention_scaled",
       [](Graph& g) {
         return attention(operand(g, "qkv", {1, 5, 3 * 10}), 2, 0.7f);
       }},
      {"scale_tokens",
       [](Graph& g) {
         return scale_tokens(operand(g, "x", {3, 4, 5}), operand(g, "factor", {3, 4, 1}));
       }},
      {"add_broadcast",
       [](Graph& g) {
         return add(operand(g, "a", {3, 4, 5}), g.parameter("b", {5}));
       }},
      {"add_positions",
       [](Graph& g) {
         return add(operand(g, "a", {3, 4, 5}), g.parameter("b", {1, 4, 5}));
       }},
      {"add_itself",
       [](Graph& g) {
         const Value a = operand(g, "a", {3, 5});
         return add(a, a);
       }},
      {"multiply",
       [](Graph& g) {
         return multiply(operand(g, "a", {3, 4, 5}), operand(g, "b", {3, 4, 5}));
       }},
      {"multiply_broadcast",
       [](Graph& g) {
         return multiply(operand(g, "a", {3, 4, 5}), g.parameter("b", {5}));
       }},
      {"sum",
       [](Graph& g) {
         return sum(operand(g, "a", {3, 4, 5}));
       }},
      {"reshape",
       [](Graph& g) {
         return reshape(operand(g, "a", {3, 4, 5}), {12, 5});
       }},
      {"slice",
       [](Graph& g) {
         return slice_tokens(operand(g, "a", {3, 6, 5}), 2, 3);
       }},
      {"concat",
       [](Graph& g) {
         const Value parts[] = {g.parameter("cls", {1, 1, 5}), operand(g, "x", {3, 4, 5}),
                                operand(g, "p", {3, 2, 5})};
         return concat_tokens(parts);
       }},
      {"insert",
       [](Graph& g) {
         return insert_tokens(operand(g, "x", {3, 4, 5}), operand(g, "p", {3, 2, 5}), 1);
       }},
      {"insert_shared",
       [](Graph& g) {
         return insert_tokens(operand(g, "x", {3, 4, 5}), g.parameter("p", {1, 2, 5}), 4);
       }},
      {"mean_tokens",
       [](Graph& g) {
         return mean_tokens(operand(g, "x", {3, 6, 5}), 1, 5);
       }},
      {"max_tokens",
       [](Graph& g) {
         return max_tokens(operand(g, "x", {3, 6, 5}), 1, 4);
       }},
      {"max_tokens_of_residual",
       [](Graph& g) {
         return max_tokens(operand(g, "x", {2, 11, 19}, Role::residual), 0, 11);
       }},
      {"concat_features",
       [](Graph& g) {
         const Value parts[] = {operand(g, "x", {3, 4, 5}), operand(g, "y", {3, 4, 2}),
                                operand(g, "z", {3, 1, 3})};
         return concat_features(parts);
       }},
      {"concat_features_of_rank_2",
       [](Graph& g) {
         const Value parts[] = {operand(g, "x", {3, 4}, Role::residual), operand(g, "y", {3, 2})};
         return concat_features(parts);
       }},
      {"add_features",
       [](Graph& g) {
         return add_features(operand(g, "y", {3, 4, 9}), operand(g, "x", {3, 4, 5}), 2);
       }},
      {"add_features_to_the_last_of_residual",
       [](Graph& g) {
         return add_features(operand(g, "y", {3, 4, 9}, Role::residual), operand(g, "x", {3, 4, 5}), 4);
       }},
      {"gather_tokens",
       [](Graph& g) {
         return gather_tokens(operand(g, "x", {3, 5, 4}), g.input("index", {3, 9}, Role::index));
       }},
      {"gather_shared_tokens",
       [](Graph& g) {
         const TokenMask mask = random_mask(g, 4, 9, 5);
         const Value positions = slice_tokens(g.parameter("positions", {1, 10, 3}), 1, 9);
         return add(operand(g, "x", {4, 4, 3}), gather_tokens(positions, mask.visible), Role::residual);
       }},
      {"batch_norm",
       [](Graph& g) {
         return normalised(g, operand(g, "x", {5, 7, 9}), true);
       }},
      {"batch_norm_of_running_statistics",
       [](Graph& g) {
         return normalised(g, operand(g, "x", {5, 7, 9}), false);
       }},
      {"repeat_token",
       [](Graph& g) {
         return add(operand(g, "x", {3, 4, 5}), repeat_token(operand(g, "p", {3, 1, 5}), 4));
       }},
      {"patchify",
       [](Graph& g) {
         return patchify(operand(g, "image", {2, 3, 6, 9}), 3);
       }},
      {"dropout",
       [](Graph& g) {
         return dropout(operand(g, "x", {7, 9}), 0.3f);
       }},
      {"drop_path",
       [](Graph& g) {
         return drop_path(operand(g, "x", {8, 2, 3}), 0.5f);
       }},
      {"cross_entropy",
       [](Graph& g) {
         return cross_entropy(operand(g, "x", {6, 5}), g.input("labels", {6}, Role::index), 0.1f);
       }},
      {"cross_entropy_soft",
       [](Graph& g) {
         return cross_entropy(operand(g, "x", {4, 5}), g.input("probabilities", {4, 5}));
       }},
      {"cross_entropy_of_heads",
       [](Graph& g) {
         return cross_entropy(operand(g, "x", {4, 9}), g.input("weights", {4, 9}), 0.1f, {2, 4, 3});
       }},
      {"chamfer_distance",
       [](Graph& g) {
         return chamfer_distance(operand(g, "predicted", {4, 7, 3}), g.input("target", {4, 5, 3}));
       }},
      {"chamfer_distance_of_both",
       [](Graph& g) {
         const Value p = operand(g, "predicted", {2, 3, 3}), t = operand(g, "target", {2, 6, 3});
         return add(chamfer_distance(p, t, false), chamfer_distance(t, p));
       }},
      {"squared_error",
       [](Graph& g) {
         return squared_error(operand(g, "predicted", {3, 4, 5}), g.input("target", {3, 4, 5}));
       }},
      {"squared_error_of_both",
       [](Graph& g) {
         return squared_error(operand(g, "predicted", {2, 7}), operand(g, "target", {2, 7}));
       }},
      {"standardize",
       [](Graph& g) {
         return multiply(standardize(g.input("x", {2, 3, 7}), 1e-2f), g.parameter("w", {7}));
       }},
      {"exact_patches",
       [](Graph& g) {
         return multiply(patchify(g.input("image", {2, 3, 6, 9}), 3, Role::exact), g.parameter("w", {27}));
       }},
      {"group_points_neighbours",
       [](Graph& g) {
         return multiply(group_points(g.input("points", {3, 70, 3}), 9, 5).neighbours,
                         g.parameter("w", {15}));
       }},
      {"group_points_of_all_points",
       [](Graph& g) {
         const PointGroups groups = group_points(g.input("points", {2, 6, 3}), 6, 6);
         const Value both[] = {reshape(groups.neighbours, {2, 36, 3}), groups.centers};
         return multiply(concat_tokens(both), g.parameter("w", {3}));
       }},
  };
  for (const Activation act :
       {Activation::relu, Activation::gelu_erf, Activation::gelu_tanh, Activation::quick_gelu}) {
    all.push_back({to_string(act).data(), [act](Graph& g) {
                     return activate(operand(g, "x", {3, 37}), act);
                   }});
    all.push_back({"linear_then_activation", [act](Graph& g) {
                     return activate(
                         linear(operand(g, "x", {5, 7}), g.parameter("w", {9, 7}), g.parameter("b", {9})),
                         act);
                   }});
  }
  const std::vector<OpCase> composed = composed_op_cases();
  all.insert(all.end(), composed.begin(), composed.end());
  return all;
}

}  // namespace ax
