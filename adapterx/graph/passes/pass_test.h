// For tests of passes: what a pass left of a graph, and whether a session that used it computes what it
// should.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "adapterx/graph/autodiff.h"
#include "adapterx/graph/gradient_check.h"
#include "adapterx/graph/ops/multiply.h"
#include "adapterx/graph/ops/reduce.h"

namespace ax {

// The names of the nodes' ops in order, "linear relu add": those of the forward, and those made by
// differentiation.
inline std::string ops(const Graph& graph, bool backward = false) {
  std::string names;
  for (const Node& node : graph.nodes()) {
    if (node.backward == backward) names += (names.empty() ? "" : " ") + std::string(node.op->name());
  }
  return names;
}

// The number of nodes of an op in forward and backward.
inline int64_t count(const Graph& graph, std::string_view op) {
  return std::ranges::count_if(graph.nodes(), [&](const Node& node) { return node.op->name() == op; });
}

// The one node of an op.
inline const Node& only(const Graph& graph, std::string_view op) {
  if (count(graph, op) != 1) fail("expected one {}, got {}", op, count(graph, op));
  return *std::ranges::find_if(graph.nodes(), [&](const Node& node) { return node.op->name() == op; });
}

// The node that makes a value.
inline const Node& maker_of(const Graph& graph, Value v) {
  for (const Node& node : graph.nodes()) {
    if (std::ranges::count(node.outputs, v.id) > 0) return node;
  }
  fail("no node makes value {}", v.id);
}

// Every node's operands are there before it.
inline bool in_order(const Graph& graph) {
  std::set<int> pending;
  for (const Node& node : graph.nodes()) {
    for (const int id : node.outputs) {
      if (graph.info(id).kind == ValueKind::computed) pending.insert(id);
    }
  }
  for (const Node& node : graph.nodes()) {
    for (const int id : node.inputs) {
      if (pending.contains(id)) return false;
    }
    for (const int id : node.outputs) pending.erase(id);
  }
  return true;
}

// Appends a loss that every element of `result` has its own weight in, and the gradients in all parameters.
// Returns the loss.
inline Value differentiate_all(Graph& graph, Value result) {
  const Value loss = sum(multiply(result, graph.input("probe", result.shape())));
  differentiate(graph, loss, graph.parameters());
  return loss;
}

// A session compiled with this rewrite and no other computes the result and the gradients of the scalar
// definition.
inline void expect_as_defined(const BuildFunction& build, bool CompileOptions::*rewrite) {
  CheckOptions options;
  options.compile.precision = Precision::fp32;
  options.compile.narrow_tokens = options.compile.fuse = options.compile.recompute = false;
  options.compile.*rewrite = true;
  const CheckResult check = check_graph(build, options);
  EXPECT_LT(check.forward_error, 1e-5);
  EXPECT_LT(check.worst_gradient_error, 1e-4) << check.worst_parameter;
}

}  // namespace ax
