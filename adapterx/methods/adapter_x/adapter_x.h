// Adapter-X (arXiv 2406.03051): a frozen transformer with a Sharing Mixture of Adapters (smoa.h) and, in each
// block, a Prompt Generator (prompt_generator.h), trained LN2, class token and head. With h the stream after
// attention and u = LN2(h):
//   AdaptFormer-X  y = h + drop_path(FFN(u)) + SMoA(u)              parallel
//   Adapter-X      f = FFN(u);  y = h + drop_path(f + SMoA(f))      sequential
//   DAPT-X         y = h + drop_path(FFN(u) + SMoA(u))              on point clouds, DAPT's experts
//   next block's input = [prefix; P; the other tokens of y]
// A balance loss keeps the experts in use: balance * mean over blocks of N sum_i f_i P_i
// (kernels/experts/route.h); where every sub-token goes through all experts there is none to add. The last
// block's prompt reaches a class-token head by no path: its gamma and beta are counted, but stay.
#pragma once

#include <memory>

#include "adapterx/methods/adapter_x/options.h"
#include "adapterx/methods/method.h"

namespace ax {

// Throws Error on options that contradict each other (methods/adapter_x/options.h).
std::unique_ptr<Method> make_adapter_x(const AdapterXOptions& options);

}  // namespace ax
