// What the GEMM library reaches on given shapes: the yardstick of `bench step`.
#pragma once

#include <span>

#include "adapterx/graph/session.h"

namespace ax::cli {

// Rate in FLOP/s over all products, each with its weight packed beforehand and on random (not zero) data: the
// sum of their work by the sum of their times, the time of a shape being the median of a few runs.
double gemm_flops_per_second(std::span<const StepGemm> gemms);

}  // namespace ax::cli
