#include "adapterx/graph/op_cases_test.h"

#include "adapterx/graph/ops/activation.h"
#include "adapterx/graph/ops/add.h"
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
namespace {

// An operand whose gradient is asked for, in the role that activations have.
Value operand(Graph& g, const char* name, const Shape& shape, Role role = Role::activation) {
  return cast(g.parameter(name, shape), role);
}

// Batch norm over x's innermost axis; its running variance is made positive by the source of values alone, so
// that here it is squared.
Value normalised(Graph& g, Value x, bool batch_statistics) {
  const Shape d{x.shape().dim(-1)};
  const Value root = g.buffer(g.scoped("root_var"), d, Init::ones());
  return batch_norm(x,
                    {g.parameter(g.scoped("w"), d), g.parameter(g.scoped("b"), d),
                     g.buffer(g.scoped("mean"), d, Init::zeros()), multiply(root, root)},
                    batch_statistics, 1e-2f);
}

}  // namespace

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
      {"linear_shared_twice",
       [](Graph& g) {
         const Value w = g.parameter("w", {6, 6}), b = g.parameter("b", {6});
         return linear(linear(operand(g, "x", {4, 6}), w, b), w, b);
       }},
      {"linear_of_computed_weight",
       [](Graph& g) {
         const Value w = multiply(operand(g, "v", {3, 4}), g.parameter("scale", {4}));
         return linear(operand(g, "x", {5, 4}), w, multiply(operand(g, "b", {3}), g.parameter("bs", {3})));
       }},
      {"linear_scaled",
       [](Graph& g) {
         return scale(relu(linear(operand(g, "x", {9, 5}), g.parameter("w", {4, 5}))), -0.3f);
       }},
      {"linear_plus_residual",
       [](Graph& g) {
         const Value x = operand(g, "x", {2, 3, 8}, Role::residual);
         return add(x, linear(x, g.parameter("w", {8, 8}), g.parameter("b", {8})));
       }},
      {"linear_with_two_residuals",
       [](Graph& g) {
         const Value x = operand(g, "x", {2, 3, 8}), z = operand(g, "z", {2, 3, 8});
         return add(add(x, linear(z, g.parameter("w", {8, 8}))), scale(z, 0.5f));
       }},
      {"linear_scaled_twice",
       [](Graph& g) {
         return scale(relu(scale(linear(operand(g, "x", {9, 5}), g.parameter("w", {4, 5})), -0.3f)), 2);
       }},
      {"linear_plus_its_own_input",
       [](Graph& g) {
         const Value x = scale(relu(operand(g, "x", {32, 40})), 0.9f);
         return add(x, linear(x, g.parameter("w", {40, 40})));
       }},
      {"layer_norm_of_computed_weight",
       [](Graph& g) {
         const Value h = add(operand(g, "x", {3, 4, 8}, Role::residual), operand(g, "branch", {3, 4, 8}));
         const Value w = multiply(operand(g, "w", {8}), sum(h));
         return layer_norm(h, w, g.parameter("b", {8}), 1e-5f);
       }},
      {"drop_path_read_twice",
       [](Graph& g) {
         const Value f = drop_path(operand(g, "branch", {3, 4, 8}), 0.4f);
         const Value h = add(operand(g, "x", {3, 4, 8}, Role::residual), f);
         return add(layer_norm(h, g.parameter("w", {8}), g.parameter("b", {8}), 1e-5f), f);
       }},
      {"two_slices_of_one_value",
       [](Graph& g) {
         const Value x = gelu(operand(g, "x", {2, 6, 8}));
         return multiply(slice_tokens(x, 1, 2), slice_tokens(x, 3, 2));
       }},
      {"slice_of_dropout",
       [](Graph& g) {
         return slice_tokens(relu(dropout(operand(g, "x", {3, 7, 5}), 0.4f)), 2, 3);
       }},
      {"slice_of_narrowed_dropout",
       [](Graph& g) {
         return slice_tokens(scale(slice_tokens(dropout(operand(g, "x", {3, 7, 5}), 0.4f), 2, 4), 3), 1, 2);
       }},
      {"slice_of_linear_with_a_weight_like_tokens",
       [](Graph& g) {
         return slice_tokens(linear(operand(g, "x", {2, 3, 12}), g.parameter("w", {5, 3, 4})), 1, 1);
       }},
      {"attention_of_residual",
       [](Graph& g) {
         return attention(operand(g, "qkv", {2, 7, 3 * 8}, Role::residual), 2);
       }},
      {"layer_norm",
       [](Graph& g) {
         return layer_norm(operand(g, "x", {3, 5, 9}), g.parameter("w", {9}), g.parameter("b", {9}), 1e-6f);
       }},
      {"add_then_layer_norm",
       [](Graph& g) {
         const Value x = operand(g, "x", {3, 4, 8}, Role::residual);
         const Value h = add(x, drop_path(operand(g, "branch", {3, 4, 8}), 0.4f));
         return add(h, layer_norm(h, g.parameter("w", {8}), g.parameter("b", {8}), 1e-5f));
       }},
      {"two_blocks_of_norms",
       [](Graph& g) {
         Value x = operand(g, "x", {3, 4, 8}, Role::residual);
         for (const char* block : {"0", "1"}) {
           const Scope scope(g, block);
           const Value u =
               layer_norm(x, g.parameter(g.scoped("nw"), {8}), g.parameter(g.scoped("nb"), {8}), 1e-5f);
           x = add(x, drop_path(linear(u, g.parameter(g.scoped("w"), {8, 8})), 0.3f));
         }
         return x;
       }},
      {"attention",
       [](Graph& g) {
         return attention(operand(g, "qkv", {2, 7, 3 * 12}), 3);
       }},
      {"attention_scaled",
       [](Graph& g) {
         return attention(operand(g, "qkv", {1, 5, 3 * 10}), 2, 0.7f);
       }},
      {"attention_of_first_token",
       [](Graph& g) {
         return slice_tokens(attention(operand(g, "qkv", {2, 7, 3 * 8}), 2), 0, 1);
       }},
      {"attention_of_some_tokens",
       [](Graph& g) {
         return slice_tokens(attention(operand(g, "qkv", {2, 7, 3 * 8}), 2), 2, 3);
       }},
      {"scale_tokens",
       [](Graph& g) {
         return scale_tokens(operand(g, "x", {3, 4, 5}), operand(g, "factor", {3, 4, 1}));
       }},
      {"slice_of_scaled_tokens",
       [](Graph& g) {
         const Value factor = relu(operand(g, "factor", {2, 6, 1}, Role::exact));
         return slice_tokens(scale_tokens(operand(g, "x", {2, 6, 8}), factor), 1, 3);
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
      {"maximum_beside_its_points",
       [](Graph& g) {
         const Value x = relu(operand(g, "x", {3, 4, 5}));
         const Value parts[] = {max_tokens(x, 0, 4), x};
         return linear(concat_features(parts), g.parameter("w", {6, 10}));
       }},
      {"slice_of_concat_features",
       [](Graph& g) {
         const Value parts[] = {operand(g, "x", {3, 1, 3}), relu(operand(g, "y", {3, 6, 2}))};
         return slice_tokens(concat_features(parts), 2, 3);
       }},
      {"gather_tokens",
       [](Graph& g) {
         return gather_tokens(operand(g, "x", {3, 5, 4}), g.input("index", {3, 9}, Role::index));
       }},
      {"gather_masked_tokens",
       [](Graph& g) {
         const Value x = operand(g, "x", {4, 9, 3}, Role::residual);
         const TokenMask mask = random_mask(g, 4, 9, 5);
         const Value parts[] = {scale(gather_tokens(x, mask.masked), 2), gather_tokens(x, mask.visible)};
         return concat_tokens(parts);
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
      {"batch_norm_then_relu",
       [](Graph& g) {
         return relu(normalised(g, operand(g, "x", {11, 19}), true));
       }},
      {"batch_norm_of_running_statistics_then_relu",
       [](Graph& g) {
         return relu(normalised(g, operand(g, "x", {3, 2, 5}), false));
       }},
      {"batch_norm_read_twice",
       [](Graph& g) {
         const Value y = normalised(g, operand(g, "x", {4, 3, 6}), true);
         return add(relu(y), scale(y, 0.5f));
       }},
      {"mini_pointnet",
       [](Graph& g) {
         Value x = linear(operand(g, "x", {4, 6, 3}), g.parameter("w0", {8, 3}));
         {
           const Scope scope(g, "1");
           x = relu(normalised(g, x, true));
         }
         x = linear(x, g.parameter("w1", {8, 8}));  // a bias would have no gradient: the norm takes it off
         const Value parts[] = {max_tokens(x, 0, 6), x};
         x = linear(concat_features(parts), g.parameter("w2", {8, 16}));
         const Scope scope(g, "2");
         return max_tokens(relu(normalised(g, x, true)), 0, 6);
       }},
      {"repeat_token",
       [](Graph& g) {
         return add(operand(g, "x", {3, 4, 5}), repeat_token(operand(g, "p", {3, 1, 5}), 4));
       }},
      {"slice_of_repeat_token",
       [](Graph& g) {
         return slice_tokens(add(operand(g, "x", {3, 4, 5}), repeat_token(operand(g, "p", {3, 1, 5}), 4)), 1,
                             2);
       }},
      {"slice_of_inserted_tokens",
       [](Graph& g) {
         return slice_tokens(insert_tokens(relu(operand(g, "x", {3, 4, 5})), operand(g, "p", {3, 2, 5}), 1),
                             4, 2);
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
      {"ffn",
       [](Graph& g) {
         const Value x = operand(g, "x", {2, 5, 6}, Role::residual);
         const Value u = layer_norm(x, g.parameter("nw", {6}), g.parameter("nb", {6}), 1e-6f);
         const Value f = linear(gelu(linear(u, g.parameter("w1", {12, 6}), g.parameter("b1", {12}))),
                                g.parameter("w2", {6, 12}), g.parameter("b2", {6}));
         return add(x, f);
       }},
      {"adapter_beside_ffn",
       [](Graph& g) {
         const Value h = operand(g, "h", {2, 5, 6}, Role::residual);
         const Value u = layer_norm(h, g.parameter("nw", {6}), g.parameter("nb", {6}), 1e-6f);
         const Value f = linear(gelu(linear(u, g.parameter("w1", {12, 6}))), g.parameter("w2", {6, 12}));
         const Value z = relu(linear(h, g.parameter("down", {3, 6}), g.parameter("down_bias", {3})));
         const Value a = scale(linear(z, g.parameter("up", {6, 3}), g.parameter("up_bias", {6})), 0.1f);
         return layer_norm(add(add(h, a), f), g.parameter("nw2", {6}), g.parameter("nb2", {6}), 1e-6f);
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
  return all;
}

}  // namespace ax
