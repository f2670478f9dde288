#include "adapterx/methods/bitfit.h"

namespace ax {
namespace {

struct BitFitAdaptation : Adaptation {
  std::string_view trained_part(const BackboneParameter& p) override {
    const bool bias = p.kind == ParameterKind::bias || p.kind == ParameterKind::norm_bias;
    return bias && !p.tokenizer ? "bias" : "";
  }
};

struct BitFit : Method {
  std::unique_ptr<Adaptation> adapt() const override { return std::make_unique<BitFitAdaptation>(); }
  bool merges() const override { return true; }
};

}  // namespace

std::unique_ptr<Method> make_bitfit() { return std::make_unique<BitFit>(); }

}  // namespace ax
