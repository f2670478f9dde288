#include "adapterx/graph/ops/dropout.h"

#include "adapterx/graph/autodiff.h"
#include "adapterx/kernels/elementwise/dropout.h"
#include "adapterx/kernels/elementwise/elementwise.h"

namespace ax {
namespace {

void check_rate(float rate, const ShapeContext& c) {
  if (!(rate >= 0 && rate < 1)) c.reject("rate", "a number in [0, 1)", fmt::format("{}", rate));
}

// Draws are numbered by the elements of the whole tensor, so that a narrowed op drops what the whole one
// drops.
struct DropoutOp : Op {
  DropoutOp(float rate, uint32_t place) : rate_(rate), place_(place) {}

  std::string_view name() const override { return "dropout"; }
  std::optional<size_t> in_place_operand() const override { return 0; }
  bool token_wise() const override { return true; }
  std::shared_ptr<const Op> narrowed(int64_t begin, int64_t, int64_t tokens) const override {
    auto op = std::make_shared<DropoutOp>(*this);
    op->begin_ += begin;
    if (op->tokens_ == 0) op->tokens_ = tokens;
    return op;
  }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    check_rate(rate_, c);
    return {{c.shape(0), c.role(0)}};
  }
  void backward(Gradients& g, const Node& node) const override {
    g.add(node, 0, g.graph().append_one(std::make_shared<DropoutOp>(*this), {g.of(node)}));
  }
  Kernel bind(Binding& b) const override {
    return [x = b.input(0), y = b.output(0), op = *this](const StepState& s) {
      const Rng rng(s.seed, s.step, op.place_);
      const int64_t samples = op.tokens_ == 0 ? 1 : x.shape[0], size = x.size() / samples;
      for (int64_t i = 0; i < samples; ++i) {
        kernels::dropout(rng, op.rate_, part(x, i * size, size), part(y, i * size, size),
                         op.first_draw(x.shape, i));
      }
    };
  }
  void evaluate(TwinNode& t) const override {
    const Rng rng(t.state.seed, t.state.step, place_);
    const size_t samples = tokens_ == 0 ? 1 : static_cast<size_t>(t.in[0]->shape[0]),
                 size = t.in[0]->v.size() / samples;
    for (size_t i = 0; i < t.out[0].v.size(); ++i) {
      const uint64_t draw = first_draw(t.in[0]->shape, static_cast<int64_t>(i / size)) + i % size;
      t.out[0].v[i] = rng.uniform(draw) >= rate_ ? t.in[0]->v[i] / (1 - static_cast<double>(rate_)) : 0;
    }
  }

 private:
  static Tensor part(const Tensor& t, int64_t first, int64_t size) {
    return {static_cast<std::byte*>(t.data) + static_cast<size_t>(first) * size_of(t.dtype), t.dtype, {size}};
  }
  uint64_t first_draw(const Shape& shape, int64_t sample) const {
    return static_cast<uint64_t>(tokens_ == 0 ? 0 : (sample * tokens_ + begin_) * shape.dim(-1));
  }

  float rate_;
  uint32_t place_;
  int64_t begin_ = 0, tokens_ = 0;  // narrowed: the first token here, of so many a sample; 0: not narrowed
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

}  // namespace

Value dropout(Value x, float rate, std::string_view name) {
  if (rate == 0) return x;
  return x.graph->append_one(std::make_shared<DropoutOp>(rate, x.graph->claim_place(name)), {x});
}

Value drop_path(Value branch, float rate, std::string_view name) {
  if (rate == 0) return branch;
  Graph& graph = *branch.graph;
  const Value factor = graph.append_one(
      std::make_shared<DropPathFactorsOp>(branch.shape()[0], rate, graph.claim_place(name)), {});
  return graph.append_one(std::make_shared<ScaleSamplesOp>(), {branch, factor});
}

}  // namespace ax
