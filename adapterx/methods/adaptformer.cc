#include "adapterx/methods/adaptformer.h"

#include <cmath>

#include "adapterx/base/error.h"
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
