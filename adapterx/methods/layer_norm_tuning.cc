#include "adapterx/methods/layer_norm_tuning.h"

namespace ax {
namespace {

struct LayerNormAdaptation : Adaptation {
  std::string_view trained_part(const BackboneParameter& p) override {
    return p.is_norm() && !p.tokenizer ? "LN" : "";
  }
};

struct LayerNormTuning : Method {
  std::unique_ptr<Adaptation> adapt() const override { return std::make_unique<LayerNormAdaptation>(); }
  bool merges() const override { return true; }
};

}  // namespace

std::unique_ptr<Method> make_layer_norm_tuning() { return std::make_unique<LayerNormTuning>(); }

}  // namespace ax
