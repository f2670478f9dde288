#include "adapterx/graph/frozen_weights.h"

namespace ax {
namespace {

void grow(Buffer& buffer, size_t bytes) {
  if (buffer.size() < bytes) buffer = Buffer(bytes);
}

}  // namespace

void FrozenWeights::fetch(const ValueInfo& p, float* values) const {
  const std::span<float> out(values, static_cast<size_t>(p.shape.size()));
  if (!source_ || !source_(p.name, p.shape, out)) initialise(p.init, p.name, p.shape, seed_, out);
}

Tensor FrozenWeights::plain(const ValueInfo& p) {
  const std::string key = p.name + to_string(p.shape);
  auto found = plain_.find(key);
  if (found == plain_.end()) {
    Buffer values(static_cast<size_t>(p.shape.size()) * sizeof(float));
    fetch(p, values.as<float>());
    bytes_ += values.size();
    found = plain_.emplace(key, std::move(values)).first;
  }
  return {found->second.data(), DType::f32, p.shape};
}

const void* FrozenWeights::packed(const ValueInfo& p, const kernels::Gemm& gemm) {
  const std::pair key(p.name, gemm.layout_key());
  if (const auto held = packed_.find(key); held != packed_.end()) return held->second.data();
  Buffer packed(gemm.packed_bytes());
  grow(values_, static_cast<size_t>(p.shape.size()) * sizeof(float));
  grow(scratch_, gemm.scratch_bytes());
  fetch(p, values_.as<float>());
  gemm.pack(values_.as<float>(), packed.data(), scratch_.data());
  bytes_ += packed.size();
  return packed_.emplace(key, std::move(packed)).first->second.data();
}

void FrozenWeights::release_staging() {
  values_ = Buffer();
  scratch_ = Buffer();
}

}  // namespace ax
