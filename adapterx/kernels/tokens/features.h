// Moving features: the innermost axis of [B, T, d]. Types of source and destination may differ.
#pragma once

#include "adapterx/base/tensor.h"

namespace ax::kernels {

// Copies features [src_begin, src_begin + count) of every token of src to [dst_begin, ...) of dst. A source
// with one token is repeated for every token of dst.
void copy_features(const Tensor& src, int64_t src_begin, const Tensor& dst, int64_t dst_begin, int64_t count);

// out = y [B, T, D], but out[b, t, begin + j] = y[b, t, begin + j] + x[b, t, j], x [B, T, n]. `out` may be y
// itself.
void add_features(const Tensor& y, const Tensor& x, int64_t begin, const Tensor& out);

// y[b, 0, j] = sum over t of x[b, t, begin + j]. x: [B, T, d]; y: [B, 1, count].
void sum_features(const Tensor& x, int64_t begin, const Tensor& y);

}  // namespace ax::kernels
