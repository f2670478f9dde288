// Reverse-mode differentiation: appends to the graph the nodes that compute the gradient of `loss` in the
// parameters wanted, and only those. A node whose inputs no wanted parameter reaches gets no backward.
#pragma once

#include <initializer_list>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "adapterx/graph/graph.h"

namespace ax {

// `trained`: value ids of parameters. Afterwards each that the loss depends on has a ValueKind::gradient
// value, added to by one node or more.
void differentiate(Graph& graph, Value loss, std::span<const int> trained);

// What an op's backward() works with.
class Gradients {
 public:
  Gradients(Graph& graph, std::span<const int> trained);

  Graph& graph() { return graph_; }
  // Gradient that reached an output; absent when none did.
  Value of(const Node& node, size_t output = 0) const;
  // Whether a trained parameter is reached through this input.
  bool wants(const Node& node, size_t input) const;
  Value input(const Node& node, size_t i);
  Value output(const Node& node, size_t i);
  // Contributes g, of the input's shape, to its gradient; contributions add up.
  void add(const Node& node, size_t input, Value g);
  // Contributes by a node that adds in place (a weight gradient): straight into the parameter's gradient, or,
  // when the input is computed, into memory of its own.
  void sink(const Node& node, size_t input, std::shared_ptr<const Op> op,
            std::initializer_list<Value> operands);

 private:
  friend void differentiate(Graph&, Value, std::span<const int>);
  void accumulate(int value, Value g);
  void flush_parameters(std::span<const int> trained);

  Graph& graph_;
  std::vector<bool> reaches_;                // by value id: depends on a trained parameter
  std::unordered_map<int, Value> gradient_;  // by value id
};

}  // namespace ax
