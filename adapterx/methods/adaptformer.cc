#include "adapterx/methods/adaptformer.h"

#include <cmath>

#include "adapterx/graph/ops/activation.h"
#include "adapterx/graph/ops/dropout.h"
#include "adapterx/graph/ops/multiply.h"
#include "adapterx/slots/part.h"

namespace ax {
namespace {

class AdaptFormerAdaptation : public Adaptation {
 public:
  explicit AdaptFormerAdaptation(const AdaptFormerOptions& options) : options_(options) {}

  Value beside_ffn(const Site& site, Value h, Value) override {
    const Scope scope(*h.graph, "adaptmlp");
    const Part part(*h.graph, "adapter");
    Value z = relu(part.linear("down_proj", h, options_.rank, Init::kaiming_uniform(std::sqrt(5.0f))));
    if (site.training) z = dropout(z, options_.dropout);
    return scale(part.linear("up_proj", z, h.shape().dim(-1), Init::zeros()), options_.scale);
  }

 private:
  const AdaptFormerOptions options_;
};

class AdaptFormer : public Method {
 public:
  explicit AdaptFormer(const AdaptFormerOptions& options) : options_(options) {}
  std::unique_ptr<Adaptation> adapt() const override {
    return std::make_unique<AdaptFormerAdaptation>(options_);
  }

 private:
  const AdaptFormerOptions options_;
};

}  // namespace

std::vector<Setting> adaptformer_settings(AdaptFormerOptions& o) {
  return {{"rank", &o.rank, "Width of the adapter's bottleneck.", at_least(1)},
          {"scale", &o.scale, "Factor of the adapter's output."},
          {"dropout", &o.dropout, "Probability with which a hidden unit is dropped in training.",
           from_below(0, 1)}};
}

std::unique_ptr<Method> make_adaptformer(const AdaptFormerOptions& options) {
  return std::make_unique<AdaptFormer>(options);
}

}  // namespace ax
