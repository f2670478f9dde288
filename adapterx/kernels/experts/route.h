// The router of a sharing mixture of adapters (Adapter-X, arXiv 2406.03051, figure 2; cosine routing by
// X-MoE, Chi et al., arXiv 2204.09179): each sub-token z [d_h] is scored against N experts,
//   q = weight z,  s_i = <q, e_i / |e_i|> / tau  (cosine),  or  s_i = <weight_i, z> / tau  (linear, no
//   embed), p = softmax(s),  the top_k largest p_i are chosen, ties by the lowest index.
// All arithmetic is f32, whatever the type of z.
//
// The balance loss (Switch Transformers, Fedus et al., arXiv 2101.03961) of one call over M sub-tokens is
//   N * sum_i f_i P_i,  f_i: share of the choices that went to expert i,  P_i: mean of p_i.
#pragma once

#include "adapterx/base/tensor.h"

namespace ax::kernels {

struct Router {
  Tensor weight;           // f32 [d_e, d_h]; linear: [N, d_h]
  Tensor embed;            // f32 [N, d_e]; absent: linear
  Tensor log_temperature;  // f32, one number: tau = exp(it); absent: `temperature`
  float temperature = 1;
  bool token_norm = false;  // q is divided by its norm, too

  int64_t experts() const { return embed ? embed.shape[0] : weight.shape[0]; }
  float tau() const;
};

struct Route {
  Router router;
  Tensor z;  // [M, d_h], f32 or bf16
  int64_t top_k = 1;
  Tensor probs;    // f32 [M, N]
  Tensor choice;   // i32 [M, top_k], in descending order of p
  Tensor load;     // f32 [N]: f_i
  Tensor balance;  // f32, one number
  void* scratch = nullptr;
};
void route(const Route& a);

// Adds the gradient in z, and writes those of the router's parameters. Per sub-token
//   dp_i = (gradient of the gate, where i was chosen) + dbalance * N * f_i / M,
//   ds_i = p_i (dp_i - sum_j p_j dp_j);  f is a constant.
struct RouteGrad {
  Router router;
  Tensor z;
  int64_t top_k = 1;
  Tensor probs, choice, load;                // as route wrote them
  Tensor dgate;                              // f32 [M, top_k]: gradient of the chosen p; absent: 0
  Tensor dbalance;                           // f32, one number; absent: 0
  Tensor dz;                                 // [M, d_h], added to; absent: not wanted
  Tensor dweight, dembed, dlog_temperature;  // f32; written
  void* scratch = nullptr;
};
void route_grad(const RouteGrad& a);

// Bytes of scratch of either, at the thread count in force when asked.
size_t route_scratch(int64_t experts, int64_t route_width, int64_t sub_width);

}  // namespace ax::kernels
