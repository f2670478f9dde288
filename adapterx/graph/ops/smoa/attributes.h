// What the op smoa and its backward know of themselves, and the sizes that follow from it.
#pragma once

#include "adapterx/graph/ops/smoa.h"

namespace ax {

struct SmoaAttributes : SmoaOptions {
  explicit SmoaAttributes(const SmoaOptions& options) : SmoaOptions(options) {}
  uint32_t place = 0;  // of the dropout's draws (base/rng.h)
  int64_t token_begin = 0;
  int64_t token_count = -1;  // of the result; -1: all. Routed are all tokens, as the balance loss wants.
};

// Sizes that shape rule, cost and scratch need.
struct SmoaDims {
  int64_t batch, tokens, d, sub_tokens, experts, rank;
  int64_t computed;  // tokens of the result

  SmoaDims(const SmoaAttributes& a, const Shape& u, const Shape& down)
      : batch(u[0]),
        tokens(u[1]),
        d(u[2]),
        sub_tokens(batch * tokens * a.heads),
        experts(down[0]),
        rank(down[1]),
        computed(a.token_count < 0 ? tokens : a.token_count) {}

  // Of the experts' products, forward.
  double expert_flops(const SmoaAttributes& a) const {
    return 4.0 * static_cast<double>(batch * computed * a.top_k * d) * static_cast<double>(rank);
  }
  // Of the router's, forward.
  double router_flops(const Shape& router) const {
    return 2.0 * static_cast<double>(sub_tokens) * static_cast<double>(router.size());
  }
};

}  // namespace ax
