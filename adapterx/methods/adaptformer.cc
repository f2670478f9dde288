#include "adapterx/methods/adaptformer.h"

#include <cmath>

#include "adapterx/base/error.h"
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

std::unique_ptr<Method> make_adaptformer(Settings& settings) {
  AdaptFormerOptions o;
  o.rank = settings.integer("rank", o.rank);
  o.scale = settings.number("scale", o.scale);
  o.dropout = settings.number("dropout", o.dropout);
  if (o.rank < 1) fail("adaptformer: rank: expected 1 or more, got {}", o.rank);
  if (!(o.dropout >= 0 && o.dropout < 1))
    fail("adaptformer: dropout: expected a number in [0, 1), got {}", o.dropout);
  return std::make_unique<AdaptFormer>(o);
}

}  // namespace ax
