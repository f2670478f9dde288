#include "adapterx/graph/ops/cross_entropy.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "adapterx/graph/autodiff.h"
#include "adapterx/graph/ops/cast.h"
#include "adapterx/kernels/loss/cross_entropy.h"
#include "adapterx/kernels/twin/cross_entropy.h"

namespace ax {
namespace {

// Operands: logits, target, log_norm, dloss.
struct CrossEntropyGradOp : Op {
  CrossEntropyGradOp(float smoothing, std::vector<int64_t> heads)
      : smoothing_(smoothing), heads_(std::move(heads)) {}

  std::string_view name() const override { return "cross_entropy_grad"; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override { return {{c.shape(0), c.role(0)}}; }
  Kernel bind(Binding& b) const override {
    return [in = b.in, dx = b.output(0), smoothing = smoothing_, heads = heads_](const StepState&) {
      kernels::cross_entropy_grad(in[0], in[1], heads, smoothing, in[2], in[3], dx);
    };
  }

 private:
  float smoothing_;
  std::vector<int64_t> heads_;
};

// Operands: logits, target. Outputs: loss, log_norm.
struct CrossEntropyOp : Op {
  CrossEntropyOp(float smoothing, std::vector<int64_t> heads)
      : smoothing_(smoothing), heads_(std::move(heads)) {}

  std::string_view name() const override { return "cross_entropy"; }

  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    c.expect_rank(0, "logits", 2);
    const Shape& logits = c.shape(0);
    if (c.role(1) == Role::index) {
      c.expect_shape(1, "target", {logits[0]});
    } else {
      c.expect_shape(1, "target", logits);
    }
    if (!(smoothing_ >= 0 && smoothing_ < 1)) c.reject("smoothing", "[0, 1)", fmt::format("{}", smoothing_));
    expect_heads(c, logits[1]);
    return {{Shape{}, Role::exact},
            {Shape{logits[0], std::max<int64_t>(1, std::ssize(heads_))}, Role::exact}};
  }

  void backward(Gradients& g, const Node& node) const override {
    g.add(node, 0,
          g.graph().append_one(std::make_shared<CrossEntropyGradOp>(smoothing_, heads_),
                               {g.input(node, 0), g.input(node, 1), g.output(node, 1), g.of(node)}));
  }

  Kernel bind(Binding& b) const override {
    return [in = b.in, loss = b.output(0), log_norm = b.output(1), smoothing = smoothing_, heads = heads_](
               const StepState&) { kernels::cross_entropy(in[0], in[1], heads, smoothing, loss, log_norm); };
  }

  void evaluate(TwinNode& t) const override {
    const TwinTensor &logits = *t.in[0], &target = *t.in[1];
    const size_t batch = static_cast<size_t>(logits.shape[0]), classes = static_cast<size_t>(logits.shape[1]);
    std::vector<double> rows = target.v;
    if (target.shape.rank() == 1) {
      rows.assign(batch * classes, 0);
      for (size_t b = 0; b < batch; ++b) rows[b * classes + static_cast<size_t>(target.v[b])] = 1;
    }
    const auto smoothing = static_cast<double>(smoothing_);
    std::vector<size_t> heads(heads_.begin(), heads_.end());
    if (heads.empty()) heads = {classes};
    t.out[0].v[0] = twin::cross_entropy(logits.v.data(), rows.data(), heads, smoothing, batch);
  }

 private:
  void expect_heads(const ShapeContext& c, int64_t classes) const {
    if (heads_.empty()) return;
    const bool positive = std::ranges::all_of(heads_, [](int64_t n) { return n > 0; });
    if (!positive || std::accumulate(heads_.begin(), heads_.end(), int64_t{0}) != classes) {
      c.reject("heads", fmt::format("classes that add up to {}", classes),
               fmt::format("{}", fmt::join(heads_, ", ")));
    }
    if (heads_.size() > 1 && c.role(1) == Role::index) {
      c.reject("target", "rows of weights, for several heads", "labels");
    }
  }

  float smoothing_;
  std::vector<int64_t> heads_;
};

}  // namespace

Value cross_entropy(Value logits, Value target, float smoothing, std::vector<int64_t> heads) {
  return logits.graph->append_one(std::make_shared<CrossEntropyOp>(smoothing, std::move(heads)),
                                  {cast(logits, Role::exact), target});
}

}  // namespace ax
