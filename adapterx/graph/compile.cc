#include "adapterx/graph/compile.h"

#include <algorithm>
#include <set>

#include "adapterx/base/error.h"
#include "adapterx/base/parallel.h"
#include "adapterx/graph/autodiff.h"
#include "adapterx/graph/memory_plan.h"
#include "adapterx/graph/op.h"
#include "adapterx/graph/ops/linear.h"
#include "adapterx/graph/ops/linear_weight_grad.h"
#include "adapterx/graph/passes/eliminate_dead.h"
#include "adapterx/graph/passes/fuse.h"
#include "adapterx/graph/passes/narrow_tokens.h"
#include "adapterx/graph/passes/recompute.h"
#include "adapterx/graph/passes/uses.h"

namespace ax {

// Places a rewritten graph in memory and binds its kernels.
class Compiler {
 public:
  Compiler(Graph& graph, const CompileRequest& request, const std::set<int>& kept, const DTypeOf& dtype_of)
      : graph_(graph),
        request_(request),
        kept_(kept),
        dtype_of_(dtype_of),
        session_(std::make_unique<Session>()) {}

  std::unique_ptr<Session> run() {
    tensors_.resize(static_cast<size_t>(graph_.value_count()));
    place_inputs();
    place_parameters();
    place_computed();
    for (const auto& [name, value] : request_.outputs) session_->outputs_[name] = tensor(value.id);
    size_t scratch = 0;
    for (const Node& node : graph_.nodes()) scratch = std::max(scratch, bind(node));
    request_.frozen->release_staging();
    session_->scratch_ = Buffer(scratch);
    session_->memory_.scratch_bytes = scratch;
    session_->threads_ = thread_count();
    session_->frozen_ = request_.frozen;
    session_->trained_ = request_.trained;
    return std::move(session_);
  }

 private:
  Tensor& tensor(int id) { return tensors_[static_cast<size_t>(id)]; }
  Tensor unplaced(int id) const {
    const ValueInfo& v = graph_.info(id);
    return {nullptr, dtype_of_(v.role), v.shape};
  }

  void place_inputs() {
    for (int id = 0; id < graph_.value_count(); ++id) {
      if (graph_.info(id).kind != ValueKind::input) continue;
      tensor(id) = unplaced(id);
      session_->buffers_.emplace_back(tensor(id).bytes());
      tensor(id).data = session_->buffers_.back().data();
      session_->inputs_[graph_.info(id).name] = tensor(id);
    }
  }

  void place_parameters() {
    for (int id = 0; id < graph_.value_count(); ++id) {
      const ValueInfo& v = graph_.info(id);
      if (v.kind != ValueKind::parameter && v.kind != ValueKind::gradient) continue;
      tensor(id) = unplaced(id);
      const TrainedParameters::Entry* entry = request_.trained ? request_.trained->find(v.name) : nullptr;
      if (entry != nullptr) {
        if (entry->shape != v.shape) {
          fail("{}: trained as {}, used as {}", v.name, to_string(entry->shape), to_string(v.shape));
        }
        tensor(id) = v.kind == ValueKind::gradient ? request_.trained->gradient(*entry)
                                                   : request_.trained->value(*entry);
      } else if (read_as_is(id)) {
        tensor(id) = request_.frozen->plain(v);
      }
    }
  }

  // Whether the caller or some kernel reads the parameter as f32 (other kernels pack it themselves).
  bool read_as_is(int id) const {
    if (kept_.contains(id)) return true;
    for (const Node& node : graph_.nodes()) {
      for (size_t i = 0; i < node.inputs.size(); ++i) {
        if (node.inputs[i] == id && !node.op->packs_operand(i)) return true;
      }
    }
    return false;
  }

  void place_computed();
  std::vector<int> shared_memory_roots(const std::vector<int>& last_read) const;
  size_t bind(const Node& node);

  Graph& graph_;
  const CompileRequest& request_;
  const std::set<int>& kept_;
  const DTypeOf& dtype_of_;
  std::unique_ptr<Session> session_;
  std::vector<Tensor> tensors_;
};

// For each value the value whose memory it takes: its own, or, in place, that of an operand which dies at its
// node.
std::vector<int> Compiler::shared_memory_roots(const std::vector<int>& last_read) const {
  std::vector<int> root(static_cast<size_t>(graph_.value_count()));
  for (int id = 0; id < graph_.value_count(); ++id) root[static_cast<size_t>(id)] = id;
  for (size_t n = 0; n < graph_.nodes().size(); ++n) {
    const Node& node = graph_.nodes()[n];
    const std::optional<size_t> slot = node.op->in_place_operand();
    if (!slot || *slot >= node.inputs.size() || node.inputs[*slot] < 0 || node.outputs[0] < 0) continue;
    const int operand = node.inputs[*slot], output = node.outputs[0];
    if (std::count(node.inputs.begin(), node.inputs.end(), operand) > 1)
      continue;  // read elsewhere while written
    const bool dies = graph_.info(operand).kind == ValueKind::computed &&
                      last_read[static_cast<size_t>(operand)] == static_cast<int>(n);
    const bool fits = graph_.info(output).kind == ValueKind::computed &&
                      unplaced(operand).bytes() == unplaced(output).bytes() &&
                      dtype_of_(graph_.info(operand).role) == dtype_of_(graph_.info(output).role);
    if (dies && fits) root[static_cast<size_t>(output)] = root[static_cast<size_t>(operand)];
  }
  return root;
}

void Compiler::place_computed() {
  const int end = static_cast<int>(graph_.nodes().size());
  std::vector<int> first(tensors_.size(), -1), last(tensors_.size(), -1);
  for (int n = 0; n < end; ++n) {
    const Node& node = graph_.nodes()[static_cast<size_t>(n)];
    for (const int id : node.inputs) {
      if (id >= 0) last[static_cast<size_t>(id)] = n;
    }
    for (const int id : node.outputs) {
      if (id >= 0) first[static_cast<size_t>(id)] = last[static_cast<size_t>(id)] = n;
    }
  }
  for (const int id : kept_) last[static_cast<size_t>(id)] = end;

  const std::vector<int> root = shared_memory_roots(last);
  std::vector<Lifetime> lifetimes;
  std::vector<int> block_of(tensors_.size(), -1);
  for (int id = 0; id < graph_.value_count(); ++id) {
    const size_t v = static_cast<size_t>(id);
    if (graph_.info(id).kind != ValueKind::computed || first[v] < 0) continue;
    tensor(id) = unplaced(id);
    int& block = block_of[static_cast<size_t>(root[v])];
    if (block < 0) {
      block = static_cast<int>(lifetimes.size());
      lifetimes.push_back({tensor(id).bytes(), first[v], last[v]});
    }
    Lifetime& l = lifetimes[static_cast<size_t>(block)];
    l.first = std::min(l.first, first[v]);
    l.last = std::max(l.last, last[v]);
  }
  const MemoryPlan plan = plan_memory(lifetimes);
  session_->buffers_.emplace_back(plan.arena_bytes);
  session_->memory_.arena_bytes = plan.arena_bytes;
  session_->memory_.peak_live_bytes = plan.peak_live_bytes;
  for (size_t v = 0; v < tensors_.size(); ++v) {
    const int block = block_of[static_cast<size_t>(root[v])];
    if (block >= 0)
      tensors_[v].data = session_->buffers_.back().data() + plan.offsets[static_cast<size_t>(block)];
  }
}

// Appends the node's step; returns the scratch its kernel needs.
size_t Compiler::bind(const Node& node) {
  Binding b;
  b.frozen = request_.frozen.get();
  b.scope = node.scope;
  std::vector<Shape> shapes;
  for (const int id : node.inputs) {
    b.in.push_back(id < 0 ? Tensor{} : tensor(id));
    shapes.push_back(b.in.back().shape);
    const bool parameter = id >= 0 && graph_.info(id).kind == ValueKind::parameter;
    const auto* entry =
        parameter && request_.trained ? request_.trained->find(graph_.info(id).name) : nullptr;
    b.frozen_parameter.push_back(parameter && entry == nullptr ? &graph_.info(id) : nullptr);
    b.buffer.push_back(entry != nullptr && entry->buffer);
  }
  Step step;
  for (const int id : node.outputs) {
    b.out.push_back(id < 0 ? Tensor{} : tensor(id));
    const bool gradient = id >= 0 && graph_.info(id).kind == ValueKind::gradient;
    step.trained_gradient |= gradient;
    if (id >= 0 && !gradient && node.op->accumulates()) step.zeroed.push_back(b.out.back());
  }
  step.op = node.op->name();
  step.scope = node.scope;
  step.backward = node.backward;
  step.flops = node.op->cost(shapes).flops;
  step.kernel = node.op->bind(b);
  session_->steps_.push_back(std::move(step));
  if (const auto* linear = op_as<LinearOp>(node)) {
    session_->gemms_.push_back({b.in[0].shape.rows(), b.out[0].shape.dim(-1), b.in[0].shape.dim(-1),
                                !linear->transposed, b.in[0].dtype});
  }
  return b.scratch_bytes;
}

std::unique_ptr<Session> compile(Graph& graph, CompileRequest request) {
  graph.claim_for_compilation();
  if (!request.frozen) request.frozen = std::make_shared<FrozenWeights>(nullptr);
  const CompileOptions& options = request.options;
  const bool bf16 = resolve(options.precision) == Precision::bf16;
  const DTypeOf dtype_of = [&](Role role) {
    if (role == Role::index) return DType::i32;
    if (role == Role::exact || !bf16) return DType::f32;
    return role == Role::residual ? options.residual : DType::bf16;
  };
  std::set<int> kept;
  for (const auto& [name, value] : request.outputs) kept.insert(value.id);
  if (request.loss) kept.insert(request.loss.id);

  eliminate_dead(graph, kept);
  if (options.narrow_tokens) narrow_tokens(graph, kept);
  if (options.fuse) fuse_forward(graph, kept);
  if (request.loss) {
    std::vector<int> trained;
    for (const int id : graph.parameters()) {
      const auto* entry = request.trained ? request.trained->find(graph.info(id).name) : nullptr;
      if (entry != nullptr && !entry->buffer) trained.push_back(id);
    }
    differentiate(graph, request.loss, trained);
  }
  eliminate_dead(graph, kept);
  elide_casts(graph, kept, dtype_of);
  if (options.fuse) fuse(graph, kept);
  if (options.recompute) recompute_cheap(graph);
  eliminate_dead(graph, kept);
  clear_unread_outputs(graph, kept);
  return Compiler(graph, request, kept, dtype_of).run();
}

}  // namespace ax
