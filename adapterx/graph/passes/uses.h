// Who makes and who reads each value: what graph rewrites ask.
#pragma once

#include <set>
#include <vector>

#include "adapterx/graph/graph.h"
#include "adapterx/graph/op.h"

namespace ax {

class Uses {
 public:
  // `kept`: values read from outside (outputs): they count as one more use.
  Uses(const Graph& graph, const std::set<int>& kept);

  // Indices of the nodes that read the value.
  const std::vector<size_t>& readers(int value) const { return readers_[static_cast<size_t>(value)]; }
  // Index of the node that makes it, -1 where none does.
  int maker(int value) const { return value < 0 ? -1 : maker_[static_cast<size_t>(value)]; }
  size_t value_count() const { return maker_.size(); }
  bool is_kept(int value) const { return kept_.contains(value); }
  // The index of the single node that reads the value, or -1.
  int only_reader(int value) const {
    return !is_kept(value) && readers(value).size() == 1 ? static_cast<int>(readers(value)[0]) : -1;
  }

 private:
  std::set<int> kept_;
  std::vector<std::vector<size_t>> readers_;
  std::vector<int> maker_;
};

// The node's op as a T, or null.
template <class T>
const T* op_as(const Node& node) {
  return dynamic_cast<const T*>(node.op.get());
}

// Makes every reader of `from` read `to`.
void replace_uses(Graph& graph, int from, int to);

// Removes nodes without an op (emptied by a rewrite).
void sweep(Graph& graph);

}  // namespace ax
