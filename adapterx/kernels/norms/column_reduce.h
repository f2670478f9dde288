// Sums over all axes but the innermost, the shared work of parameter gradients.
#pragma once

#include "adapterx/base/tensor.h"

namespace ax::kernels {

// sum[j] += sum over i of x[i * n + j];  dot[j] += sum over i of x[i * n + j] * z[i * n + j].
// sum, dot: f32 [n]; either may be absent, z too where dot is. n divides x's size. Every thread sums its rows
// apart in scratch, column_reduce_scratch(n, outputs) bytes; the parts are added in the order of the threads.
struct ColumnReduce {
  Tensor x, z;
  Tensor sum, dot;
  void* scratch = nullptr;
};
void column_reduce(const ColumnReduce& a);

// Bytes for all threads, at the thread count in force when asked; `outputs` is 1 or 2 of sum and dot.
size_t column_reduce_scratch(int64_t n, int outputs);

}  // namespace ax::kernels
