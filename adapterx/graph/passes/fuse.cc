#include "adapterx/graph/passes/fuse.h"

#include <algorithm>

#include "adapterx/graph/ops/activation.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/batch_norm.h"
#include "adapterx/graph/ops/cast.h"
#include "adapterx/graph/ops/dropout.h"
#include "adapterx/graph/ops/layer_norm.h"
#include "adapterx/graph/ops/linear.h"
#include "adapterx/graph/ops/multiply.h"
#include "adapterx/graph/passes/uses.h"

namespace ax {
namespace {

class Fuser {
 public:
  Fuser(Graph& graph, const std::set<int>& kept) : graph_(graph), kept_(kept) {}

  // Applies one rule wherever it fits. A rule gets a node's index and says whether it rewrote something.
  using Rule = bool (Fuser::*)(size_t n, const Uses& uses);
  void everywhere(Rule rule) {
    Uses uses(graph_, kept_);
    for (size_t n = 0; n < graph_.nodes().size(); ++n) {
      if (graph_.nodes()[n].op && (this->*rule)(n, uses)) uses = Uses(graph_, kept_);
    }
    sweep(graph_);
  }

  bool linear_epilogue(size_t n, const Uses& uses);
  bool cast_into_scale(size_t n, const Uses& uses);
  bool add_into_norm(size_t n, const Uses& uses);
  bool carry_into_norm_grad(size_t n, const Uses& uses);
  bool branch_of_norm_grad(size_t n, const Uses& uses);
  bool residual_into_linear(size_t n, const Uses& uses);
  bool relu_into_batch_norm(size_t n, const Uses& uses);

 private:
  Node& at(int n) { return graph_.nodes()[static_cast<size_t>(n)]; }
  // An addition without broadcasting.
  bool is_plain_sum(const Node& node) const {
    return op_as<AddOp>(node) != nullptr &&
           graph_.info(node.inputs[0]).shape == graph_.info(node.inputs[1]).shape;
  }
  // The node that makes `value` for this reader alone, as T; -1 otherwise.
  template <class T>
  int private_maker(int value, const Uses& uses) {
    if (value < 0 || uses.only_reader(value) < 0) return -1;
    const int maker = uses.maker(value);
    return maker >= 0 && op_as<T>(at(maker)) != nullptr && at(maker).outputs[0] == value ? maker : -1;
  }

  Graph& graph_;
  const std::set<int>& kept_;
};

// linear > {cast, activation, scale}: the epilogue takes it over.
bool Fuser::linear_epilogue(size_t n, const Uses& uses) {
  Node& node = graph_.nodes()[n];
  const auto* act = op_as<ActivationOp>(node);
  const auto* factor = op_as<ScaleOp>(node);
  const bool is_cast = node.op->name() == kCast;
  if (act == nullptr && factor == nullptr && !is_cast) return false;
  const int maker = private_maker<LinearOp>(node.inputs[0], uses);
  if (maker < 0) return false;
  auto linear = std::make_shared<LinearOp>(*op_as<LinearOp>(at(maker)));
  if (act != nullptr && (linear->act != Activation::none || linear->scale != 1)) return false;
  if (act != nullptr) linear->act = act->act;
  if (factor != nullptr) linear->scale *= factor->alpha;
  if (is_cast) linear->out = graph_.info(node.outputs[0]).role;
  at(maker).op = std::move(linear);
  at(maker).outputs[0] = node.outputs[0];
  node.op.reset();
  return true;
}

// cast > scale: a scale reads any type and writes any.
bool Fuser::cast_into_scale(size_t n, const Uses& uses) {
  Node& factor = graph_.nodes()[n];
  if (op_as<ScaleOp>(factor) == nullptr || uses.only_reader(factor.inputs[0]) < 0) return false;
  const int maker = uses.maker(factor.inputs[0]);
  if (maker < 0 || at(maker).op->name() != kCast) return false;
  factor.inputs[0] = at(maker).inputs[0];
  at(maker).op.reset();
  return true;
}

// layer_norm(a + factor * b), the sum read by anyone else too: one pass makes sum and norm.
bool Fuser::add_into_norm(size_t n, const Uses& uses) {
  Node& norm = graph_.nodes()[n];
  if (op_as<LayerNormOp>(norm) == nullptr || norm.inputs.size() > 3) return false;
  const int maker = uses.maker(norm.inputs[0]);
  if (maker < 0 || !is_plain_sum(at(maker))) return false;
  if (std::max(uses.maker(norm.inputs[1]), uses.maker(norm.inputs[2])) > maker)
    return false;  // made after the sum
  Node& sum = at(maker);
  int branch = sum.inputs[1], factor = -1;
  const int dropped = branch < 0 || uses.only_reader(branch) < 0 ? -1 : uses.maker(branch);
  if (dropped >= 0 && at(dropped).op->name() == kScaleSamples) {
    branch = at(dropped).inputs[0];
    factor = at(dropped).inputs[1];
    at(dropped).op.reset();
  }
  Node fused = norm;
  fused.inputs = {sum.inputs[0], norm.inputs[1], norm.inputs[2], branch, factor};
  fused.outputs.push_back(sum.outputs[0]);
  sum = fused;  // at the sum's place: whoever reads the sum comes after
  norm.op.reset();
  return true;
}

// carry + layer_norm_grad(...).
bool Fuser::carry_into_norm_grad(size_t n, const Uses& uses) {
  Node& sum = graph_.nodes()[n];
  if (!is_plain_sum(sum)) return false;
  for (size_t side = 0; side < 2; ++side) {
    const int maker = private_maker<LayerNormGradOp>(sum.inputs[side], uses);
    if (maker < 0 || at(maker).inputs.size() > 4) continue;
    Node fused = at(maker);
    fused.inputs.push_back(sum.inputs[1 - side]);
    fused.outputs[0] = sum.outputs[0];
    at(maker).op.reset();
    sum = fused;
    return true;
  }
  return false;
}

// layer_norm_grad > cast > factor, or > factor, or > cast: written beside dx.
bool Fuser::branch_of_norm_grad(size_t n, const Uses& uses) {
  Node& norm = graph_.nodes()[n];
  const auto* op = op_as<LayerNormGradOp>(norm);
  if (op == nullptr || op->branch) return false;
  for (const size_t reader : uses.readers(norm.outputs[0])) {
    Node& cast = graph_.nodes()[reader];
    const bool is_cast = cast.op->name() == kCast;
    if (!is_cast && (cast.op->name() != kScaleSamples || cast.inputs[0] != norm.outputs[0])) continue;
    Node* last = &cast;
    const int after = is_cast ? uses.only_reader(cast.outputs[0]) : -1;
    if (after >= 0 && at(after).op->name() == kScaleSamples && at(after).inputs[0] == cast.outputs[0])
      last = &at(after);
    auto fused = std::make_shared<LayerNormGradOp>(*op);
    fused->branch = true;
    const int factor = last->op->name() == kScaleSamples ? last->inputs[1] : -1;
    const int branch = last->outputs[0];
    norm.inputs.resize(5, -1);
    norm.inputs.push_back(factor);
    norm.outputs.push_back(branch);
    norm.op = std::move(fused);
    cast.op.reset();
    if (last != &cast) last->op.reset();
    return true;
  }
  return false;
}

// residual + linear(...): the GEMM adds to the residual's memory.
bool Fuser::residual_into_linear(size_t n, const Uses& uses) {
  Node& sum = graph_.nodes()[n];
  if (!is_plain_sum(sum)) return false;
  for (const size_t side : {size_t{1}, size_t{0}}) {
    const int maker = private_maker<LinearOp>(sum.inputs[side], uses);
    const int residual = sum.inputs[1 - side];
    if (maker < 0 || at(maker).inputs.size() > 3) continue;
    Node fused = at(maker);
    fused.inputs.resize(3, -1);
    fused.inputs.push_back(residual);
    fused.outputs[0] = sum.outputs[0];
    at(maker).op.reset();
    sum = fused;
    return true;
  }
  return false;
}

// batch_norm > relu.
bool Fuser::relu_into_batch_norm(size_t n, const Uses& uses) {
  Node& node = graph_.nodes()[n];
  const auto* act = op_as<ActivationOp>(node);
  if (act == nullptr || act->act != Activation::relu) return false;
  const int maker = private_maker<BatchNormOp>(node.inputs[0], uses);
  if (maker < 0 || op_as<BatchNormOp>(at(maker))->relu) return false;
  auto norm = std::make_shared<BatchNormOp>(*op_as<BatchNormOp>(at(maker)));
  norm->relu = true;
  at(maker).op = std::move(norm);
  at(maker).outputs[0] = node.outputs[0];
  node.op.reset();
  return true;
}

}  // namespace

void elide_casts(Graph& graph, const std::set<int>& kept, const DTypeOf& dtype_of) {
  for (Node& node : graph.nodes()) {
    if (node.op->name() != kCast || kept.contains(node.outputs[0])) continue;
    if (dtype_of(graph.info(node.inputs[0]).role) != dtype_of(graph.info(node.outputs[0]).role)) continue;
    const int from = node.outputs[0], to = node.inputs[0];
    node.op.reset();
    replace_uses(graph, from, to);
  }
  sweep(graph);
}

void fuse(Graph& graph, const std::set<int>& kept) {
  Fuser fuser(graph, kept);
  fuser.everywhere(&Fuser::linear_epilogue);
  fuser.everywhere(&Fuser::cast_into_scale);
  fuser.everywhere(&Fuser::add_into_norm);
  fuser.everywhere(&Fuser::carry_into_norm_grad);
  fuser.everywhere(&Fuser::branch_of_norm_grad);
  fuser.everywhere(&Fuser::residual_into_linear);
}

void fuse_forward(Graph& graph, const std::set<int>& kept) {
  Fuser(graph, kept).everywhere(&Fuser::relu_into_batch_norm);
}

}  // namespace ax
