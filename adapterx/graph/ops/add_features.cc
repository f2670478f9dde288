#include "adapterx/graph/ops/add_features.h"

#include "adapterx/graph/autodiff.h"
#include "adapterx/graph/ops/concat_features.h"
#include "adapterx/kernels/tokens/features.h"

namespace ax {
namespace {

// Operands: y, x.
struct AddFeaturesOp : Op {
  AddFeaturesOp(int64_t begin, Role role) : begin_(begin), role_(role) {}

  std::string_view name() const override { return "add_features"; }
  bool token_wise() const override { return true; }
  std::optional<size_t> in_place_operand() const override { return 0; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    const Shape& y = c.shape(0);
    c.expect_rank(0, "y", 3);
    c.expect_rank(1, "x", 3);
    const int64_t count = c.shape(1).dim(-1);
    c.expect_shape(1, "x", y.with(2, count));
    if (begin_ < 0 || begin_ + count > y[2]) {
      c.reject("x", fmt::format("at most {} features from {} on", y[2], begin_), fmt::format("{}", count));
    }
    return {{y, role_}};
  }
  void backward(Gradients& g, const Node& node) const override {
    g.add(node, 0, g.of(node));
    if (!g.wants(node, 1)) return;
    const Value x = g.input(node, 1);
    g.add(node, 1, slice_features(g.of(node), begin_, x.shape(), x.role()));
  }
  Kernel bind(Binding& b) const override {
    const Tensor y = b.input(0), x = b.input(1), out = b.output(0);
    return [y, x, out, begin = begin_](const StepState&) { kernels::add_features(y, x, begin, out); };
  }
  void evaluate(TwinNode& t) const override {
    const Shape &y = t.in[0]->shape, &x = t.in[1]->shape;
    t.out[0].v = t.in[0]->v;
    for (int64_t token = 0; token < y.rows(); ++token) {
      for (int64_t j = 0; j < x[2]; ++j) {
        t.out[0].v[static_cast<size_t>(token * y[2] + begin_ + j)] +=
            t.in[1]->v[static_cast<size_t>(token * x[2] + j)];
      }
    }
  }

 private:
  int64_t begin_;
  Role role_;
};

}  // namespace

Value add_features(Value y, Value x, int64_t begin) {
  return y.graph->append_one(std::make_shared<AddFeaturesOp>(begin, y.role()), {y, x});
}

}  // namespace ax
