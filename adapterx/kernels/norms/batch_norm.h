// Batch normalisation over all axes but the innermost (Ioffe and Szegedy, arXiv 1502.03167), with a ReLU that
// may follow it.
#pragma once

#include "adapterx/base/tensor.h"

namespace ax::kernels {

// y = f((x - mean) * rstd * weight + bias),  rstd = 1 / sqrt(var + eps),  f: identity, or ReLU where `relu`.
// x, y: [..., C], f32 or bf16; weight, bias, running_mean, running_var, mean, rstd: f32 [C].
//
// batch_statistics: mean and biased variance of the rows of x, two or more. Each thread sums deviations over
// runs of rows in f32, from a value that lies among them, and joins the runs in double: |mean| >> std and
// many rows cost no digits. `moves`: then running = (1 - momentum) * running + momentum * (mean, unbiased
// variance), as torch.nn.BatchNorm1d has it.
// Else mean and variance are the running ones, which stay.
// The outputs y, mean and rstd may be absent. y may be x. Scratch: batch_norm_scratch(C) bytes, at the thread
// count in force when asked.
struct BatchNorm {
  Tensor x = {};
  Tensor weight = {}, bias = {}, running_mean = {}, running_var = {};
  bool batch_statistics = true, moves = false, relu = false;
  float eps = 1e-5f, momentum = 0.1f;
  Tensor y = {}, mean = {}, rstd = {};
  void* scratch = nullptr;
};
void batch_norm(const BatchNorm& a);
size_t batch_norm_scratch(int64_t columns);

// With g = dy (ReLU: where y > 0, which is computed again from x), xhat = (x - mean) * rstd, M rows:
// dbias = sum g,  dweight = sum g xhat,
// dx = weight rstd (g - dbias / M - xhat dweight / M) with batch_statistics, else weight rstd g.
// Any of the outputs may be absent; dx may be dy. bias is read where `relu`; x may be absent where only dx
// and dbias are wanted, without batch_statistics and ReLU. Scratch as above.
struct BatchNormGrad {
  Tensor dy = {}, x = {}, mean = {}, rstd = {}, weight = {}, bias = {};
  bool batch_statistics = true, relu = false;
  Tensor dx = {}, dweight = {}, dbias = {};
  void* scratch = nullptr;
};
void batch_norm_grad(const BatchNormGrad& a);

}  // namespace ax::kernels
