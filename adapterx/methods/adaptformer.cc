#include "adapterx/methods/adaptformer.h"

#include <cmath>

#include "adapterx/graph/ops/activation.h"
#include "adapterx/graph/ops/dropout.h"
#include "adapterx/graph/ops/linear.h"
#include "adapterx/graph/ops/multiply.h"

namespace ax {
namespace {

class AdaptFormer : public Method {
 public:
  explicit AdaptFormer(const AdaptFormerOptions& options) : options_(options) {}

  std::vector<std::string> trained() const override { return {"*.adaptmlp.*", "head*"}; }

  Value beside_ffn(const BlockSite& site, Value h, Value) override {
    Graph& graph = *h.graph;
    const Scope scope(graph, "adaptmlp");
    const int64_t d = h.shape().dim(-1), r = options_.rank;
    const auto parameter = [&](const char* name, const Shape& shape, Init init) {
      return graph.parameter(graph.scoped(name), shape, init);
    };
    Value z =
        relu(ax::linear(h, parameter("down_proj.weight", {r, d}, Init::kaiming_uniform(std::sqrt(5.0f))),
                        parameter("down_proj.bias", {r}, Init::zeros())));
    if (site.training) z = dropout(z, options_.dropout);
    const Value up = ax::linear(z, parameter("up_proj.weight", {d, r}, Init::zeros()),
                                parameter("up_proj.bias", {d}, Init::zeros()));
    return ax::scale(up, options_.scale);
  }

 private:
  AdaptFormerOptions options_;
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
