#include "adapterx/graph/passes/narrow_tokens.h"

#include <algorithm>

#include "adapterx/graph/ops/tokens.h"
#include "adapterx/graph/passes/eliminate_dead.h"
#include "adapterx/graph/passes/uses.h"

namespace ax {
namespace {

struct Range {
  int64_t begin, count;
};

// The range of a node that is one slice of one source, or count 0.
Range slice_of(const Node& node) {
  const auto* op = op_as<TokensOp>(node);
  if (op == nullptr || op->pieces.size() != 1 || op->pieces[0].to != 0 || op->pieces[0].count != op->tokens) {
    return {0, 0};
  }
  return {op->pieces[0].begin, op->tokens};
}

bool has_tokens(const Shape& s, int64_t tokens) { return s.rank() == 3 && s[1] == tokens; }

// Appends the node that makes the slice of `node`'s result at the end of the graph and returns its outputs;
// none where its op can't be narrowed.
std::vector<Value> narrowed(Graph& graph, const Node& node, Range range, int64_t tokens) {
  const bool slices = node.op->token_wise();
  std::shared_ptr<const Op> op = node.op->narrowed(range.begin, range.count, tokens);
  if (!op && slices) op = node.op;
  if (!op) return {};
  const Scope scope(graph, node.scope);
  std::vector<Value> operands;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    Value v = node.inputs[i] < 0 ? Value{} : graph.value(node.inputs[i]);
    if (v && slices && !node.op->packs_operand(i) && has_tokens(v.shape(), tokens)) {
      v = slice_tokens(v, range.begin, range.count);
    }
    operands.push_back(v);
  }
  return graph.append(op, operands);
}

// The nodes from `first_new` on go before node n: their operands come before it, their readers are n or
// later.
void settle(Graph& graph, size_t n, size_t first_new) {
  std::deque<Node>& nodes = graph.nodes();
  std::rotate(nodes.begin() + static_cast<int64_t>(n), nodes.begin() + static_cast<int64_t>(first_new),
              nodes.end());
  sweep(graph);
}

// An earlier node that takes the same slice of the same value, or -1.
int same_slice_before(const Graph& graph, size_t n, Range range) {
  for (size_t m = 0; m < n; ++m) {
    const Node& other = graph.nodes()[m];
    const Range r = slice_of(other);
    if (r.count == range.count && r.begin == range.begin && other.inputs[0] == graph.nodes()[n].inputs[0]) {
      return static_cast<int>(m);
    }
  }
  return -1;
}

// Where the slice lies in one of the sources that its operand was put together from, that source's slice;
// else an absent value.
Value source_slice(Graph& graph, const Node& node, Range range) {
  const auto* op = op_as<TokensOp>(node);
  if (op == nullptr) return {};
  for (const TokenPiece& p : op->pieces) {
    const Value source = graph.value(node.inputs[p.source]);
    const bool repeated = source.shape()[0] != graph.info(node.outputs[0]).shape[0];
    if (repeated || range.begin < p.to || range.begin + range.count > p.to + p.count) continue;
    const Scope scope(graph, node.scope);
    return slice_tokens(source, p.begin + range.begin - p.to, range.count);
  }
  return {};
}

// Whether the outputs beyond the first allow the node to be narrowed.
bool other_outputs_allow(const Uses& uses, const Node& node) {
  for (size_t i = 1; i < node.outputs.size(); ++i) {
    const int id = node.outputs[i];
    if (uses.is_kept(id)) return false;  // known outside by its id
    if (!uses.readers(id).empty() && !node.op->narrowing_keeps_output(i)) return false;
  }
  return true;
}

// One slice moved one op up, or merged with an equal one. False when there is none to move.
bool narrow_once(Graph& graph, const std::set<int>& kept) {
  const Uses uses(graph, kept);
  for (size_t n = 0; n < graph.nodes().size(); ++n) {
    const Node slice = graph.nodes()[n];
    const Range range = slice_of(slice);
    if (range.count == 0 || kept.contains(slice.outputs[0])) continue;
    if (const int twin = same_slice_before(graph, n, range); twin >= 0) {
      replace_uses(graph, slice.outputs[0], graph.nodes()[static_cast<size_t>(twin)].outputs[0]);
      graph.nodes()[n].op.reset();
      sweep(graph);
      return true;
    }
    const int maker = uses.maker(slice.inputs[0]);
    if (maker < 0) continue;
    const Node node = graph.nodes()[static_cast<size_t>(maker)];
    if (node.outputs[0] != slice.inputs[0]) continue;

    const size_t first_new = graph.nodes().size();
    if (const Value result = source_slice(graph, node, range)) {
      replace_uses(graph, slice.outputs[0], result.id);
      graph.nodes()[n].op.reset();
      settle(graph, n, first_new);
      eliminate_dead(graph, kept);
      return true;
    }
    if (uses.only_reader(slice.inputs[0]) < 0 || !other_outputs_allow(uses, node)) continue;
    const std::vector<Value> results = narrowed(graph, node, range, graph.info(slice.inputs[0]).shape[1]);
    if (results.empty()) continue;
    replace_uses(graph, slice.outputs[0], results[0].id);
    size_t place = n;
    for (size_t i = 1; i < results.size(); ++i) {
      for (const size_t reader : uses.readers(node.outputs[i])) place = std::min(place, reader);
      replace_uses(graph, node.outputs[i], results[i].id);
    }
    graph.nodes()[n].op.reset();
    graph.nodes()[static_cast<size_t>(maker)].op.reset();
    settle(graph, place, first_new);
    return true;
  }
  return false;
}

}  // namespace

void narrow_tokens(Graph& graph, const std::set<int>& kept) {
  while (narrow_once(graph, kept)) {
  }
}

}  // namespace ax
