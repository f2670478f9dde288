#pragma once

#include <functional>
#include <set>

#include "adapterx/base/tensor.h"
#include "adapterx/graph/graph.h"

namespace ax {

using DTypeOf = std::function<DType(Role)>;

// Removes casts between roles that have one element type.
void elide_casts(Graph& graph, const std::set<int>& kept, const DTypeOf& dtype_of);

// Folds into one kernel what would pass over memory again:
//   linear > cast                    the product is written in the type wanted
//   linear > activation, > scale     GEMM epilogue (only where the backward doesn't need the value between)
//   cast > scale                     one pass, and one rounding
//   add > layer_norm                 residual add (and drop path's factor) inside the norm
//   layer_norm_grad + carry          the residual path's gradient added inside the norm's gradient
//   layer_norm_grad > cast, factor   the branch's gradient written beside it, in its own type
//   linear + residual                GEMM that adds to what is there
void fuse(Graph& graph, const std::set<int>& kept);

// Before differentiation, as the backward of both is one kernel, too, that needs nothing but the norm's
// input:
//   batch_norm > relu
void fuse_forward(Graph& graph, const std::set<int>& kept);

}  // namespace ax
