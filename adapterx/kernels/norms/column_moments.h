// Mean and spread of every column of a matrix with many rows.
#pragma once

#include "adapterx/base/tensor.h"

namespace ax::kernels {

// mean[j], and the sum over rows of (x - mean)^2. Both lie in the scratch that was passed in.
struct ColumnMoments {
  const double *mean = nullptr, *squares = nullptr;
};

// x: [rows, columns], f32 or bf16. Every thread takes its rows in runs: in a run deviations from the mean of
// its first rows are summed in f32, and the runs are joined in double by the formula of Chan, Golub and
// LeVeque (1979); then the threads' parts, in order.
ColumnMoments column_moments(const Tensor& x, int64_t columns, void* scratch);

// Bytes for all threads, at the thread count in force when asked.
size_t column_moments_scratch(int64_t columns);

}  // namespace ax::kernels
