// Pre-norm transformer blocks under timm's names, with the slots of a method: what the models here share.
#pragma once

#include <cstdint>
#include <string_view>

#include "adapterx/graph/graph.h"
#include "adapterx/kernels/elementwise/activation.h"
#include "adapterx/slots/slots.h"

namespace ax {

struct BlockConfig {
  int64_t width = 768, heads = 12, hidden = 3072;
  float norm_eps = 1e-6f;
  Activation act = Activation::gelu_erf;
  bool qkv_bias = true;
  bool layer_scale = false;  // a learned factor a channel on each branch, ls1.gamma and ls2.gamma (DINOv2)
};

struct BlockBuild {
  bool training = false;
  // Drop path of the last block; block l of L gets l / (L - 1) of it (timm). Used when training.
  float drop_path = 0;
  // Parameters have starts of their own: weights trunc_normal(0.02), biases 0, norms 1, LayerScale 1e-5.
  // Otherwise a parameter that no checkpoint holds is an error.
  bool from_scratch = false;
};

class BlockBuilder {
 public:
  BlockBuilder(Graph& graph, const BlockConfig& config, const BlockBuild& build, Slots& slots)
      : graph_(graph), config_(config), build_(build), slots_(slots) {}

  // x [B, T, d] to the block's output, through every slot from `norm1` to `block` (slots/slots.h):
  //   h = x + beside_attention + drop_path(attention(LN1(x))),  y = h + beside_ffn + drop_path(ffn(LN2(h)))
  Value block(const Site& site, Value x) { return slots_.block(site, x, ffn(site, attend(site, x))); }

  // A parameter in the present scope, with `start` when from scratch; the method says whether it is trained.
  Value parameter(std::string_view name, const Shape& shape, Init start, const BackboneParameter& what);
  // Linear `role` with parameters role.weight and role.bias, through its slot.
  Value layer(const Site& site, std::string_view role, Value x, const Shape& weight, bool bias = true,
              Init start = Init::trunc_normal(0.02f));
  // Norm `role` with parameters role.weight and role.bias, through its slot.
  Value norm(const Site& site, std::string_view role, Value x);

 private:
  Value attend(const Site& site, Value x);
  Value mix(const Site& site, Value qkv);
  Value ffn(const Site& site, Value h);
  Value layer_scale(std::string_view name, Value x);
  float drop_path_rate(const Site& site) const;

  Graph& graph_;
  const BlockConfig config_;
  const BlockBuild build_;
  Slots& slots_;
};

}  // namespace ax
