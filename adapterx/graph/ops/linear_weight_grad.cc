#include "adapterx/graph/ops/linear_weight_grad.h"

#include "adapterx/kernels/matrix/gemm.h"

namespace ax {
namespace {

struct LinearWeightGradOp : Op {
  explicit LinearWeightGradOp(const Shape& weight) : weight_(weight) {}

  std::string_view name() const override { return kLinearWeightGrad; }
  std::vector<OutputSpec> infer(const ShapeContext&) const override { return {{weight_, Role::exact}}; }
  bool accumulates() const override { return true; }

  Kernel bind(Binding& b) const override {
    const Tensor dy = b.input(0), x = b.input(1), dw = b.output(0);
    auto gemm =
        std::make_shared<kernels::WeightGradGemm>(x.shape.rows(), dy.shape.dim(-1), x.shape.dim(-1), x.dtype);
    b.need_scratch(gemm->scratch_bytes());
    return [=](const StepState& s) { gemm->run(dy.data, x.data, dw.f32(), s.scratch); };
  }

  Cost cost(std::span<const Shape> in) const override {
    return {2.0 * static_cast<double>(in[1].rows()) * static_cast<double>(weight_.size())};
  }

 private:
  Shape weight_;
};

}  // namespace

std::shared_ptr<const Op> linear_weight_grad_op(const Shape& weight) {
  return std::make_shared<LinearWeightGradOp>(weight);
}

}  // namespace ax
