// Chamfer distance of point sets, the loss of masked point modelling (Point-MAE, Pang et al., arXiv
// 2203.06604). Over M pairs of sets p [P, 3] and t [Q, 3]
//   squared:  mean over all p of min_t |p - t|^2  +  mean over all t of min_p |p - t|^2,
//   else:    (mean over all p of min_t |p - t|    +  mean over all t of min_p |p - t|) / 2.
// In f32; the sums over sets in double, the same at any thread count. Parallel over the pairs.
//
// A coordinate that is not finite makes the distance infinite.
#pragma once

#include "adapterx/base/tensor.h"

namespace ax::kernels {

struct Chamfer {
  Tensor predicted;  // f32 [M, P, 3]
  Tensor target;     // f32 [M, Q, 3]
  bool squared = true;
  Tensor distance;           // f32, one number; written
  Tensor nearest_target;     // i32 [M, P], written: the lowest index among equals; absent: not wanted
  Tensor nearest_predicted;  // i32 [M, Q], the same
  void* scratch = nullptr;
};
void chamfer(const Chamfer& a);
// Bytes of scratch, at the thread count in force when asked.
size_t chamfer_scratch(int64_t pairs, int64_t predicted, int64_t target);

// The gradients, with the nearest points as the forward found them. Unsquared, two points in one place have
// none.
struct ChamferGrad {
  Tensor predicted, target;
  bool squared = true;
  Tensor nearest_target, nearest_predicted;
  Tensor ddistance;            // f32, one number
  Tensor dpredicted, dtarget;  // f32, written; absent: not wanted
};
void chamfer_grad(const ChamferGrad& a);

}  // namespace ax::kernels
