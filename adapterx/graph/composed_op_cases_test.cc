#include "adapterx/graph/op_cases_test.h"

#include "adapterx/graph/ops/activation.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/attention.h"
#include "adapterx/graph/ops/concat_features.h"
#include "adapterx/graph/ops/dropout.h"
#include "adapterx/graph/ops/gather_tokens.h"
#include "adapterx/graph/ops/layer_norm.h"
#include "adapterx/graph/ops/linear.h"
#include "adapterx/graph/ops/max_tokens.h"
#include "adapterx/graph/ops/multiply.h"
#include "adapterx/graph/ops/random_mask.h"
#include "adapterx/graph/ops/reduce.h"
#include "adapterx/graph/ops/scale_tokens.h"
#include "adapterx/graph/ops/tokens.h"

namespace ax {

std::vector<OpCase> composed_op_cases() {
  return {
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
      {"attention_of_first_token",
       [](Graph& g) {
         return slice_tokens(attention(operand(g, "qkv", {2, 7, 3 * 8}), 2), 0, 1);
       }},
      {"attention_of_some_tokens",
       [](Graph& g) {
         return slice_tokens(attention(operand(g, "qkv", {2, 7, 3 * 8}), 2), 2, 3);
       }},
      {"slice_of_scaled_tokens",
       [](Graph& g) {
         const Value factor = relu(operand(g, "factor", {2, 6, 1}, Role::exact));
         return slice_tokens(scale_tokens(operand(g, "x", {2, 6, 8}), factor), 1, 3);
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
      {"gather_masked_tokens",
       [](Graph& g) {
         const Value x = operand(g, "x", {4, 9, 3}, Role::residual);
         const TokenMask mask = random_mask(g, 4, 9, 5);
         const Value parts[] = {scale(gather_tokens(x, mask.masked), 2), gather_tokens(x, mask.visible)};
         return concat_tokens(parts);
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
}

}  // namespace ax
