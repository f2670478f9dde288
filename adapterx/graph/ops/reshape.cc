#include "adapterx/graph/ops/reshape.h"

#include "adapterx/graph/autodiff.h"
#include "adapterx/kernels/elementwise/elementwise.h"

namespace ax {
namespace {

struct ReshapeOp : Op {
  explicit ReshapeOp(const Shape& shape) : shape_(shape) {}

  std::string_view name() const override { return "reshape"; }
  std::optional<size_t> in_place_operand() const override { return 0; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    if (c.shape(0).size() != shape_.size()) c.reject("x", to_string(shape_), to_string(c.shape(0)));
    return {{shape_, c.role(0)}};
  }
  void backward(Gradients& g, const Node& node) const override {
    g.add(node, 0, reshape(g.of(node), g.input(node, 0).shape()));
  }
  Kernel bind(Binding& b) const override {
    const Tensor x = b.input(0), y = b.output(0);
    if (x.data == y.data) return [](const StepState&) {};
    return [x, y](const StepState&) { kernels::scale(x, 1, y); };
  }
  void evaluate(TwinNode& t) const override { t.out[0].v = t.in[0]->v; }

 private:
  Shape shape_;
};

}  // namespace

Value reshape(Value x, const Shape& shape) {
  return x.graph->append_one(std::make_shared<ReshapeOp>(shape), {x});
}

}  // namespace ax
