// The kernels' arguments that forward and backward of smoa have in common.
#pragma once

#include "adapterx/base/tensor.h"
#include "adapterx/graph/ops/smoa/attributes.h"
#include "adapterx/graph/ops/smoa/operands.h"
#include "adapterx/kernels/experts/experts.h"
#include "adapterx/kernels/experts/route.h"

namespace ax {

// Tokens u [B, T, d] as sub-tokens [B * T * heads, d / heads].
Tensor smoa_sub_tokens(const Tensor& u, int64_t heads);

kernels::Router smoa_router(const SmoaAttributes& a, const SmoaOperands<Tensor>& in);
// All but probs, rng, scratch and the memory of choice.
kernels::Experts smoa_experts(const SmoaAttributes& a, const SmoaOperands<Tensor>& in);

// Bytes of scratch that the router's kernels need.
size_t smoa_router_scratch(const SmoaAttributes& a, const SmoaOperands<Tensor>& in);

}  // namespace ax
