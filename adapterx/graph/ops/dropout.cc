#include "adapterx/graph/ops/dropout.h"

#include "adapterx/graph/autodiff.h"
#include "adapterx/kernels/dropout.h"
#include "adapterx/kernels/elementwise.h"

namespace ax {
namespace {

void check_rate(float rate, const ShapeContext& c) {
  if (!(rate >= 0 && rate < 1)) c.reject("rate", "a number in [0, 1)", fmt::format("{}", rate));
}

struct DropoutOp : Op {
  DropoutOp(float rate, uint32_t place) : rate_(rate), place_(place) {}

  std::string_view name() const override { return "dropout"; }
  std::optional<size_t> in_place_operand() const override { return 0; }
  bool token_wise() const override { return true; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    check_rate(rate_, c);
    return {{c.shape(0), c.role(0)}};
  }
  void backward(Gradients& g, const Node& node) const override {
    g.add(node, 0, g.graph().append_one(std::make_shared<DropoutOp>(rate_, place_), {g.of(node)}));
  }
  Kernel bind(Binding& b) const override {
    return [x = b.input(0), y = b.output(0), rate = rate_, place = place_](const StepState& s) {
      kernels::dropout(Rng(s.seed, s.step, place), rate, x, y);
    };
  }
  void evaluate(TwinNode& t) const override {
    const Rng rng(t.state.seed, t.state.step, place_);
    for (size_t i = 0; i < t.out[0].v.size(); ++i) {
      t.out[0].v[i] = rng.uniform(i) >= rate_ ? t.in[0]->v[i] / (1 - static_cast<double>(rate_)) : 0;
    }
  }

 private:
  float rate_;
  uint32_t place_;
};

struct DropPathFactorsOp : Op {
  DropPathFactorsOp(int64_t batch, float rate, uint32_t place) : batch_(batch), rate_(rate), place_(place) {}

  std::string_view name() const override { return "drop_path_factors"; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    check_rate(rate_, c);
    return {{Shape{batch_}, Role::exact}};
  }
  Kernel bind(Binding& b) const override {
    return [y = b.output(0), rate = rate_, place = place_](const StepState& s) {
      kernels::drop_path_factors(Rng(s.seed, s.step, place), rate, y);
    };
  }
  void evaluate(TwinNode& t) const override {
    const Rng rng(t.state.seed, t.state.step, place_);
    for (size_t i = 0; i < t.out[0].v.size(); ++i) {
      t.out[0].v[i] = rng.uniform(i) >= rate_ ? 1 / (1 - static_cast<double>(rate_)) : 0;
    }
  }

 private:
  int64_t batch_;
  float rate_;
  uint32_t place_;
};

struct ScaleSamplesOp : Op {
  std::string_view name() const override { return kScaleSamples; }
  std::optional<size_t> in_place_operand() const override { return 0; }
  bool token_wise() const override { return true; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    c.expect_shape(1, "factor", {c.shape(0)[0]});
    return {{c.shape(0), c.role(0)}};
  }
  void backward(Gradients& g, const Node& node) const override {
    g.add(node, 0, g.graph().append_one(std::make_shared<ScaleSamplesOp>(), {g.of(node), g.input(node, 1)}));
  }
  Kernel bind(Binding& b) const override {
    return [x = b.input(0), factor = b.input(1), y = b.output(0)](const StepState&) {
      kernels::scale_samples(x, factor, y);
    };
  }
  void evaluate(TwinNode& t) const override {
    const size_t per_sample = t.in[0]->v.size() / t.in[1]->v.size();
    for (size_t i = 0; i < t.out[0].v.size(); ++i) t.out[0].v[i] = t.in[0]->v[i] * t.in[1]->v[i / per_sample];
  }
};

uint32_t place_in(const Graph& graph, std::string_view name) {
  return place_of(graph.scope() + "." + std::string(name));
}

}  // namespace

Value dropout(Value x, float rate, std::string_view name) {
  if (rate == 0) return x;
  return x.graph->append_one(std::make_shared<DropoutOp>(rate, place_in(*x.graph, name)), {x});
}

Value drop_path(Value branch, float rate, std::string_view name) {
  if (rate == 0) return branch;
  Graph& graph = *branch.graph;
  const Value factor =
      graph.append_one(std::make_shared<DropPathFactorsOp>(branch.shape()[0], rate, place_in(graph, name)), {});
  return graph.append_one(std::make_shared<ScaleSamplesOp>(), {branch, factor});
}

}  // namespace ax
