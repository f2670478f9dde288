#include "adapterx/graph/frozen_weights.h"

namespace ax {

void FrozenWeights::fetch(const ValueInfo& p, std::span<float> out) const {
  if (source_ && source_(p.name, p.shape, out)) return;
  initialise(p.init, p.name, p.shape, seed_, out);
}

Tensor FrozenWeights::plain(const ValueInfo& p) {
  const std::string key = p.name + to_string(p.shape);
  auto found = plain_.find(key);
  if (found == plain_.end()) {
    Buffer buffer(static_cast<size_t>(p.shape.size()) * sizeof(float));
    fetch(p, {buffer.as<float>(), static_cast<size_t>(p.shape.size())});
    bytes_ += buffer.size();
    found = plain_.emplace(key, std::move(buffer)).first;
  }
  return {found->second.data(), DType::f32, p.shape};
}

const void* FrozenWeights::packed(const ValueInfo& p, const kernels::Gemm& gemm) {
  const std::pair key(p.name, gemm.layout_key());
  if (const auto held = packed_.find(key); held != packed_.end()) return held->second.data();
  const Buffer values(static_cast<size_t>(p.shape.size()) * sizeof(float));
  const Buffer scratch(gemm.scratch_bytes());
  fetch(p, {values.as<float>(), static_cast<size_t>(p.shape.size())});
  Buffer packed(gemm.packed_bytes());
  gemm.pack(values.as<float>(), packed.data(), scratch.data());
  bytes_ += packed.size();
  return packed_.emplace(key, std::move(packed)).first->second.data();
}

}  // namespace ax
