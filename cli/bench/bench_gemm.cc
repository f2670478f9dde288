#include "cli/bench/bench_gemm.h"

#include <map>
#include <tuple>
#include <vector>

#include "adapterx/base/buffer.h"
#include "adapterx/base/rng.h"
#include "adapterx/kernels/elementwise/elementwise.h"
#include "adapterx/kernels/matrix/gemm.h"
#include "cli/bench/bench_result.h"

namespace ax::cli {
namespace {

constexpr int kRuns = 5;

Buffer random_operand(int64_t rows, int64_t columns, DType dtype) {
  const Shape shape{rows, columns};
  const Buffer values(static_cast<size_t>(shape.size()) * sizeof(float));
  const Tensor source{values.data(), DType::f32, shape};
  Rng(1, 0, 0).fill_uniform(source.f32_span(), -1, 1);
  Buffer converted(static_cast<size_t>(shape.size()) * size_of(dtype));
  kernels::scale(source, 1, {converted.data(), dtype, shape});
  return converted;
}

double median_seconds(const StepGemm& g) {
  const kernels::Gemm gemm({g.m, g.n, g.k, g.transpose_weight, g.dtype, g.dtype}, {});
  const Buffer x = random_operand(g.m, g.k, g.dtype), y(static_cast<size_t>(g.m * g.n) * size_of(g.dtype));
  const Buffer w = random_operand(g.n, g.k, DType::f32), scratch(gemm.scratch_bytes());
  const Buffer packed(gemm.packed_bytes());
  gemm.pack(w.as<float>(), packed.data(), scratch.data());
  std::vector<double> seconds;
  for (int run = 0; run <= kRuns; ++run) {
    const double start = seconds_now();
    gemm.run(x.data(), packed.data(), nullptr, y.data(), scratch.data());
    if (run > 0) seconds.push_back(seconds_now() - start);  // the first run warms caches and page tables
  }
  return median(seconds);
}

}  // namespace

double gemm_flops_per_second(std::span<const StepGemm> gemms) {
  std::map<std::tuple<int64_t, int64_t, int64_t, bool>, double> measured;
  double flops = 0, seconds = 0;
  for (const StepGemm& g : gemms) {
    const auto [entry, fresh] = measured.try_emplace({g.m, g.n, g.k, g.transpose_weight}, 0.0);
    if (fresh) entry->second = median_seconds(g);
    flops += 2.0 * static_cast<double>(g.m * g.n) * static_cast<double>(g.k);
    seconds += entry->second;
  }
  return seconds > 0 ? flops / seconds : 0;
}

}  // namespace ax::cli
