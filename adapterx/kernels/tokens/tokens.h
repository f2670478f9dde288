// Moving tokens: the sequence axis of [B, T, d]. Types of source and destination may differ.
#pragma once

#include "adapterx/base/tensor.h"

namespace ax::kernels {

// Copies tokens [src_begin, src_begin + count) of every sample of src to [dst_begin, ...) of dst. A source
// with one sample is repeated for every sample of dst (a class token).
void copy_tokens(const Tensor& src, int64_t src_begin, const Tensor& dst, int64_t dst_begin, int64_t count);

// dst tokens [begin, begin + count) of every sample = 0.
void zero_tokens(const Tensor& dst, int64_t begin, int64_t count);

// y[b, 0, :] = mean over tokens [begin, begin + count) of x[b]. y: [B, 1, d] or [B, d].
void mean_tokens(const Tensor& x, int64_t begin, int64_t count, const Tensor& y);

// dx[b, t, :] = dy[b, 0, :] / count for t in [begin, begin + count), else 0.
void mean_tokens_grad(const Tensor& dy, int64_t begin, int64_t count, const Tensor& dx);

// Image [B, C, H, W] f32 to patches [B, (H/p) * (W/p), C * p * p], inner order (c, y, x): a convolution with
// kernel and stride p is then one linear.
void patchify(const Tensor& image, int64_t patch, const Tensor& patches);
// The inverse scatter: gradient of the image.
void patchify_grad(const Tensor& dpatches, int64_t patch, const Tensor& dimage);

}  // namespace ax::kernels
