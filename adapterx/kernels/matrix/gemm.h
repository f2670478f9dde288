// Matrix products of linear layers, by oneDNN (kernels/matrix/onednn.h).
//
//   y[M, N] = epilogue(x[M, K] * op(w) + bias),  op(w) = w^T (w is [N, K], the forward: Wx) or
//                                                op(w) = w   (w is [K, N], the backward: W^T dy)
//
// The weight's layout is oneDNN's own, so a weight is packed before it is used: once for a frozen one, at
// each step for a trained one.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "adapterx/base/tensor.h"
#include "adapterx/kernels/elementwise/activation.h"

namespace ax::kernels {

struct GemmShape {
  int64_t m = 0, n = 0, k = 0;
  bool transpose_weight = true;  // weight stored [n, k] (true) or [k, n] (false)
  DType x = DType::f32;          // type of x and, packed, of the weight
  DType y = DType::f32;
};

// What happens to a product before it is written, in this order:
// y = scale * act(x op(w) + bias) + residual. residual is y's old content: `accumulate` adds to it.
struct GemmEpilogue {
  bool bias = false;  // f32 [n]
  Activation act = Activation::none;
  float scale = 1;
  bool accumulate = false;
};

class Gemm {
 public:
  Gemm(const GemmShape& shape, const GemmEpilogue& epilogue);
  ~Gemm();
  Gemm(Gemm&&) noexcept;
  Gemm& operator=(Gemm&&) noexcept;

  // Names the packed form: the stored orientation, and oneDNN's shape, type and blocking. GEMMs with equal
  // keys can share one packed form of the same weight.
  std::string layout_key() const;
  // Packs w, f32 as stored in the checkpoint ([n, k] or [k, n]), rounding to the GEMM's type.
  // `packed`: packed_bytes(), 64-byte aligned.
  void pack(const float* w, void* packed, void* scratch) const;
  size_t packed_bytes() const;

  // scratch: at least scratch_bytes(), 64-byte aligned. No engine allocation inside.
  void run(const void* x, const void* packed, const float* bias, void* y, void* scratch) const;
  size_t scratch_bytes() const;  // covers run and pack

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// dw[n, k] += dy[m, n]^T * x[m, k]: the weight gradient. x, dy of type `x`; dw f32.
class WeightGradGemm {
 public:
  WeightGradGemm(int64_t m, int64_t n, int64_t k, DType x);
  ~WeightGradGemm();
  WeightGradGemm(WeightGradGemm&&) noexcept;
  WeightGradGemm& operator=(WeightGradGemm&&) noexcept;
  void run(const void* dy, const void* x, float* dw, void* scratch) const;
  size_t scratch_bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ax::kernels
