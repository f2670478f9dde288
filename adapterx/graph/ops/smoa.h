// Sharing Mixture of Adapters (Adapter-X, arXiv 2406.03051): tokens are cut into sub-tokens, each goes
// through the few adapters that a router chose for it. One op: route, sort by expert, small products, scatter
// with the gate. Definitions: kernels/experts/route.h, kernels/experts/experts.h.
#pragma once

#include <string_view>

#include "adapterx/graph/op.h"
#include "adapterx/kernels/elementwise/activation.h"

namespace ax {

struct SmoaParameters {
  Value router;           // [d_e, d_h]; of a linear router [N, d_h]
  Value embed;            // [N, d_e]; absent: a linear router
  Value log_temperature;  // [1]; absent: SmoaOptions::temperature
  Value down, up;         // [N, r, d_h], [N, d_h, r]
  // [N, d_h] both: a LayerNorm of each expert at its input; both absent: none.
  Value norm_weight, norm_bias;
  // [N, d_h], [N]: each expert multiplies its output by relu(<weight, y> + bias), y its (normalised) input;
  // both absent: it doesn't.
  Value scale_weight, scale_bias;
  Value stream_scale;  // [1], a factor of the result that is not trained; absent: 1
};

struct SmoaOptions {
  int64_t heads = 1;  // sub-tokens of a token; d_h = d / heads
  int64_t top_k = 1;
  float temperature = 1;
  bool token_norm = false;
  bool gate = true;
  Activation act = Activation::relu;
  float scale = 1;
  float norm_eps = 1e-5f;
  float dropout = 0;  // of hidden units; drawn by the scope and "smoa": once in a scope
};

struct Smoa {
  Value a;        // [B, T, d]
  Value mean;     // [B, 1, d]: of a over the tokens
  Value balance;  // scalar: N * sum f_i P_i of this call
  Value choice;   // [B, T, heads, top_k], Role::index: the experts chosen
  Value load;     // [N]: share of the choices, f_i
};

// u: [B, T, d].
Smoa smoa(Value u, const SmoaParameters& parameters, const SmoaOptions& options);

}  // namespace ax
