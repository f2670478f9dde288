#include "adapterx/graph/frozen_weights.h"

namespace ax {

Buffer FrozenWeights::fetch(const ValueInfo& p) const {
  const auto size = static_cast<size_t>(p.shape.size());
  Buffer values(size * sizeof(float));
  const std::span<float> out(values.as<float>(), size);
  if (!source_ || !source_(p.name, p.shape, out)) initialise(p.init, p.name, p.shape, seed_, out);
  return values;
}

Tensor FrozenWeights::plain(const ValueInfo& p) {
  const std::string key = p.name + to_string(p.shape);
  auto found = plain_.find(key);
  if (found == plain_.end()) {
    found = plain_.emplace(key, fetch(p)).first;
    bytes_ += found->second.size();
  }
  return {found->second.data(), DType::f32, p.shape};
}

const void* FrozenWeights::packed(const ValueInfo& p, const kernels::Gemm& gemm) {
  const std::pair key(p.name, gemm.layout_key());
  if (const auto held = packed_.find(key); held != packed_.end()) return held->second.data();
  const Buffer values = fetch(p), scratch(gemm.scratch_bytes());
  Buffer packed(gemm.packed_bytes());
  gemm.pack(values.as<float>(), packed.data(), scratch.data());
  bytes_ += packed.size();
  return packed_.emplace(key, std::move(packed)).first->second.data();
}

}  // namespace ax
