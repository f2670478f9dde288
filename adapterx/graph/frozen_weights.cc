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

std::shared_ptr<const kernels::PackedWeight> FrozenWeights::packed(const ValueInfo& p, const kernels::Gemm& gemm) {
  std::shared_ptr<const kernels::PackedWeight>& held = packed_[{p.name, gemm.layout_key()}];
  if (!held) {
    const Buffer values(static_cast<size_t>(p.shape.size()) * sizeof(float));
    const Buffer scratch(gemm.scratch_bytes());
    fetch(p, {values.as<float>(), static_cast<size_t>(p.shape.size())});
    const std::shared_ptr<kernels::PackedWeight> fresh = gemm.allocate_packed();
    gemm.pack(values.as<float>(), *fresh, scratch.data());
    bytes_ += fresh->bytes();
    held = fresh;
  }
  return held;
}

}  // namespace ax
