#include "adapterx/graph/ops/concat_features.h"

#include <algorithm>

#include "adapterx/graph/autodiff.h"
#include "adapterx/kernels/tokens/features.h"

namespace ax {
namespace {

Shape with_tokens(const Shape& s) { return s.rank() == 3 ? s : Shape{s[0], 1, s[1]}; }
Tensor with_tokens(const Tensor& t) { return {t.data, t.dtype, with_tokens(t.shape)}; }
int64_t tokens_of(const Shape& s) { return s.rank() == 3 ? s[1] : 1; }

// Features [begin, begin + width) of dy, summed over the tokens where the part had one. Operand: dy.
struct FeaturesGradOp : Op {
  FeaturesGradOp(int64_t begin, const Shape& part, Role role) : begin_(begin), part_(part), role_(role) {}

  std::string_view name() const override { return "concat_features_grad"; }
  std::vector<OutputSpec> infer(const ShapeContext&) const override { return {{part_, role_}}; }
  Kernel bind(Binding& b) const override {
    const Tensor dy = with_tokens(b.input(0)), dx = with_tokens(b.output(0));
    const bool repeated = dy.shape[1] != dx.shape[1];
    return [dy, dx, repeated, begin = begin_](const StepState&) {
      if (repeated) kernels::sum_features(dy, begin, dx);
      if (!repeated) kernels::copy_features(dy, begin, dx, 0, dx.shape[2]);
    };
  }

 private:
  int64_t begin_;
  Shape part_;
  Role role_;
};

struct ConcatFeaturesOp : Op {
  explicit ConcatFeaturesOp(Role role) : role_(role) {}

  std::string_view name() const override { return "concat_features"; }
  bool token_wise() const override { return true; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    const Shape& first = c.shape(0);
    if (first.rank() != 2 && first.rank() != 3) c.reject("part", "rank 2 or 3", to_string(first));
    int64_t tokens = 1, width = 0;
    for (size_t i = 0; i < c.count(); ++i) {
      c.expect_rank(i, "part", first.rank());
      tokens = std::max(tokens, tokens_of(c.shape(i)));
      width += c.shape(i).dim(-1);
    }
    const Shape y = first.rank() == 2 ? Shape{first[0], width} : Shape{first[0], tokens, width};
    for (size_t i = 0; i < c.count(); ++i) {
      const Shape& part = c.shape(i);
      const bool fits = part[0] == first[0] && (tokens_of(part) == tokens || tokens_of(part) == 1);
      if (!fits) c.reject("part", to_string(y.with(y.rank() - 1, part.dim(-1))), to_string(part));
    }
    return {{y, role_}};
  }
  void backward(Gradients& g, const Node& node) const override {
    int64_t begin = 0;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const Value part = g.input(node, i);
      if (g.wants(node, i)) {
        g.add(node, i, slice_features(g.of(node), begin, part.shape(), part.role()));
      }
      begin += part.shape().dim(-1);
    }
  }
  Kernel bind(Binding& b) const override {
    std::vector<Tensor> parts;
    for (const Tensor& part : b.in) parts.push_back(with_tokens(part));
    return [parts, y = with_tokens(b.output(0))](const StepState&) {
      int64_t begin = 0;
      for (const Tensor& part : parts) {
        kernels::copy_features(part, 0, y, begin, part.shape[2]);
        begin += part.shape[2];
      }
    };
  }
  void evaluate(TwinNode& t) const override {
    const Shape y = with_tokens(t.out[0].shape);
    int64_t begin = 0;
    for (const TwinTensor* part : t.in) {
      const Shape shape = with_tokens(part->shape);
      const int64_t repeats = y[1] / shape[1];
      for (int64_t token = 0; token < y.rows(); ++token) {
        std::copy_n(part->v.begin() + token / repeats * shape[2], shape[2],
                    t.out[0].v.begin() + token * y[2] + begin);
      }
      begin += shape[2];
    }
  }

 private:
  Role role_;
};

}  // namespace

Value slice_features(Value dy, int64_t begin, const Shape& part, Role role) {
  return dy.graph->append_one(std::make_shared<FeaturesGradOp>(begin, part, role), {dy});
}

Value concat_features(std::span<const Value> parts) {
  if (parts.empty()) fail("concat_features: expected one part or more, got none");
  const auto longest = std::max_element(parts.begin(), parts.end(), [](const Value& a, const Value& b) {
    return a.shape().rows() < b.shape().rows();
  });
  return parts[0].graph->append(std::make_shared<ConcatFeaturesOp>(longest->role()), parts)[0];
}

}  // namespace ax
