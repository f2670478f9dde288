// The two loops of 8-bit resampling (kernels/pixels/resample.h).
#pragma once

#include <cstdint>

#include "adapterx/kernels/pixels/resample_fixed.h"

namespace ax::kernels {

// For windows i of [begin, end) and byte j of [0, n):
//   out[i * out_stride + j] = clip((2^21 + sum over t of w(i, t) * in[(first(i) + t) * stride + j]) >> 22)
// in: its row 0 is position `origin`. out may not overlap in.
void weigh_rows(const FixedWindows& windows, int64_t begin, int64_t end, const uint8_t* in, int64_t stride,
                int64_t n, uint8_t* out, int64_t out_stride);

// out[c * out_stride + r] = in[r * stride + c],  r < rows, c < columns.
void transpose_bytes(const uint8_t* in, int64_t stride, int64_t rows, int64_t columns, uint8_t* out,
                     int64_t out_stride);

}  // namespace ax::kernels
