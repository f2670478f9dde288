#include "adapterx/graph/ops/standardize.h"

#include <cmath>

#include "adapterx/graph/ops/cast.h"
#include "adapterx/kernels/elementwise/elementwise.h"
#include "adapterx/kernels/norms/layer_norm.h"

namespace ax {
namespace {

struct StandardizeOp : Op {
  explicit StandardizeOp(float eps) : eps_(eps) {}

  std::string_view name() const override { return "standardize"; }

  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    const Shape& x = c.shape(0);
    if (x.rank() < 1 || x.dim(-1) < 2) c.reject("x", "2 numbers or more a row", to_string(x));
    return {{x, Role::exact}};
  }

  // With v' = v d / (d - 1):  1 / sqrt(v' + eps) = k / sqrt(v + k^2 eps),  k^2 = (d - 1) / d.
  Kernel bind(Binding& b) const override {
    const auto d = static_cast<float>(b.input(0).shape.dim(-1));
    const float k = std::sqrt((d - 1) / d);
    kernels::LayerNorm a;
    a.x = b.input(0);
    a.eps = k * k * eps_;
    a.y = b.output(0);
    return [a, k](const StepState&) {
      kernels::layer_norm(a);
      kernels::scale(a.y, k, a.y);
    };
  }

  void evaluate(TwinNode& t) const override {
    const auto d = static_cast<size_t>(t.in[0]->shape.dim(-1));
    for (size_t at = 0; at < t.out[0].v.size(); at += d) {
      const double *x = &t.in[0]->v[at], n = static_cast<double>(d);
      double mean = 0, squares = 0;
      for (size_t i = 0; i < d; ++i) mean += x[i] / n;
      for (size_t i = 0; i < d; ++i) squares += (x[i] - mean) * (x[i] - mean);
      const double deviation = std::sqrt(squares / (n - 1) + static_cast<double>(eps_));
      for (size_t i = 0; i < d; ++i) t.out[0].v[at + i] = (x[i] - mean) / deviation;
    }
  }

  std::optional<size_t> in_place_operand() const override { return 0; }
  bool token_wise() const override { return true; }

 private:
  float eps_;
};

}  // namespace

Value standardize(Value x, float eps) {
  return x.graph->append_one(std::make_shared<StandardizeOp>(eps), {cast(x, Role::exact)});
}

}  // namespace ax
