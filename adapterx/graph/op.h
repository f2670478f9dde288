// Op: one operation of the graph. An instance holds its attributes; a file pair in graph/ops holds its
// builder function, shape rule, gradient, cost, and the binding of its kernel.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/base/error.h"
#include "adapterx/graph/graph.h"

namespace ax {

class Gradients;      // graph/autodiff.h
class FrozenWeights;  // graph/frozen_weights.h

// What a step hands to every kernel.
struct StepState {
  uint64_t seed = 0;
  uint32_t step = 0;
  float loss_scale = 1;  // gradient of the loss: 1 / n when n micro-batches are accumulated
  std::byte* scratch = nullptr;
};

using Kernel = std::function<void(const StepState&)>;

struct OperandSpec {
  bool present = false;
  Shape shape;
  Role role = Role::activation;
};

// Operands as a shape rule sees them, with the error texts of the graph:
// "blocks.0.mlp.fc1: linear: weight: expected [3072, 768], got [3072, 192]".
class ShapeContext {
 public:
  ShapeContext(const Op& op, std::string_view scope, std::span<const OperandSpec> operands)
      : op_(op), scope_(scope), operands_(operands) {}

  size_t count() const { return operands_.size(); }
  bool present(size_t i) const { return i < operands_.size() && operands_[i].present; }
  const Shape& shape(size_t i) const { return operands_[i].shape; }
  Role role(size_t i) const { return operands_[i].role; }
  void expect_shape(size_t i, std::string_view operand, const Shape& expected) const;
  void expect_rank(size_t i, std::string_view operand, int rank) const;
  [[noreturn]] void reject(std::string_view operand, std::string_view expected, std::string_view got) const;

 private:
  const Op& op_;
  std::string_view scope_;
  std::span<const OperandSpec> operands_;
};

// A node with its tensors placed: what an op binds its kernel to.
struct Binding {
  std::vector<Tensor> in, out;  // data null: absent, or (out) read by nobody, or (in) a packed frozen weight
  std::vector<const ValueInfo*>
      frozen_parameter;      // per operand: what it is, when a frozen parameter; else null
  std::vector<bool> buffer;  // per operand: a buffer of the session, which the kernel may update
  FrozenWeights* frozen = nullptr;
  std::string scope;
  size_t scratch_bytes = 0;  // the op raises it to what its kernel needs of StepState::scratch

  const Tensor& input(size_t i) const;  // an absent Tensor beyond the end
  const Tensor& output(size_t i) const;
  void need_scratch(size_t bytes) { scratch_bytes = std::max(scratch_bytes, bytes); }
};

// Matrix-product work of one node: the count for rates, in floating-point operations (a multiply-add is two).
// Element-wise work and recomputation don't count: they are overhead of the useful work.
struct Cost {
  double flops = 0;
};

// A plain tensor in double, for the scalar interpretation of a graph (graph/interpreter.h).
struct TwinTensor {
  Shape shape;
  std::vector<double> v;
};

struct TwinNode {
  std::vector<const TwinTensor*> in;  // null: absent
  std::vector<TwinTensor> out;        // shapes set, zeroed
  StepState state;
};

class Op {
 public:
  virtual ~Op() = default;
  virtual std::string_view name() const = 0;
  // Shape rule: throws Error (ShapeContext::reject and friends) on operands that don't fit.
  virtual std::vector<OutputSpec> infer(const ShapeContext& c) const = 0;
  // Appends the gradient's nodes (graph/autodiff.h). Ops made by differentiation have none.
  virtual void backward(Gradients& gradients, const Node& node) const;
  virtual Kernel bind(Binding& binding) const = 0;
  virtual Cost cost(std::span<const Shape> inputs) const;
  // The scalar definition, in double. Ops made by differentiation have none: gradients are checked against
  // differences of this.
  virtual void evaluate(TwinNode& node) const;

  // Operand i is a weight which the kernel packs itself (FrozenWeights::packed): no f32 copy is kept.
  virtual bool packs_operand(size_t) const { return false; }
  // The kernel adds to its outputs: memory that is not a parameter's gradient is zeroed before it runs.
  virtual bool accumulates() const { return false; }
  // The output may take this operand's memory where it dies here, has the same size and is no other operand
  // too.
  virtual std::optional<size_t> in_place_operand() const { return std::nullopt; }
  // Every token of [B, T, d] operands is treated alike and alone: op(slice(x)) = slice(op(x)).
  virtual bool token_wise() const { return false; }
  // The op whose result is tokens [begin, begin + count) of this op's result of `tokens` tokens, where that
  // is another op than this one on sliced operands: the operands are sliced if token_wise(), else whole.
  // Null: there is none.
  virtual std::shared_ptr<const Op> narrowed(int64_t /*begin*/, int64_t /*count*/, int64_t /*tokens*/) const {
    return nullptr;
  }
  // Output i >= 1 of a narrowed op is that of the whole op. An op is narrowed only where its other outputs
  // are read by nobody.
  virtual bool narrowing_keeps_output(size_t) const { return false; }
  // An output that the backward reads and that is cheap to compute again: appends nodes that do so from what
  // else is kept, and returns the value, or an absent one where it does not pay.
  virtual Value recompute(Graph&, const Node&, size_t /*output*/) const { return {}; }
};

}  // namespace ax
