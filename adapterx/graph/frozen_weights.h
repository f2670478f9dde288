// FrozenWeights: the parameters that no step changes, in the forms that kernels use. Each is fetched from its
// source once, converted, and shared by every session over the same backbone (training and evaluation,
// several adapters).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "adapterx/base/buffer.h"
#include "adapterx/graph/graph.h"
#include "adapterx/kernels/matrix/gemm.h"

namespace ax {

// Writes a parameter's values (row-major f32) into `out`, or returns false where it doesn't hold it. Throws
// Error when it holds it in another shape.
using WeightSource = std::function<bool(std::string_view name, const Shape& shape, std::span<float> out)>;

class FrozenWeights {
 public:
  // A parameter that the source lacks starts by its Init and `seed`, or is an error where it has none.
  explicit FrozenWeights(WeightSource source, uint64_t seed = 0) : source_(std::move(source)), seed_(seed) {}

  // As f32, kept for the life of this object.
  Tensor plain(const ValueInfo& parameter);
  // In the layout one GEMM asks for; equal layouts are shared, and the f32 form is not kept.
  // Lives as long as this object.
  const void* packed(const ValueInfo& parameter, const kernels::Gemm& gemm);

  size_t bytes() const { return bytes_; }  // held, in all forms
  // Gives up the memory through which values pass on their way to packed forms; the next packing takes it
  // anew.
  void release_staging();

 private:
  void fetch(const ValueInfo& parameter, float* values) const;

  WeightSource source_;
  uint64_t seed_;
  size_t bytes_ = 0;
  Buffer values_, scratch_;              // staging: one for all, as large as the largest needs
  std::map<std::string, Buffer> plain_;  // by name and shape
  std::map<std::pair<std::string, std::string>, Buffer> packed_;  // by name and layout
};

}  // namespace ax
