// Part: through which a method declares the parameters that it adds, all trained and counted under one label.
#pragma once

#include <string>
#include <string_view>

#include "adapterx/graph/graph.h"

namespace ax {

class Part {
 public:
  // Parameters are named within the graph's present scope: "blocks.3.adaptmlp.down_proj.weight".
  Part(Graph& graph, std::string_view label) : Part(graph, label, graph.scope()) {}
  // Parameters are named within `prefix`, which several places may share: "smoa.router.proj.weight".
  Part(Graph& graph, std::string_view label, std::string prefix)
      : graph_(graph), label_(label), prefix_(std::move(prefix)) {}

  // A matrix, trained with weight decay.
  Value weight(std::string_view name, const Shape& shape, Init start) const;
  // A bias, norm, scale, token or position: trained without.
  Value vector(std::string_view name, const Shape& shape, Init start) const;
  // x [..., in] through a layer of its own: W x + b with name.weight [out, in] and name.bias [out], which
  // starts zero. The bias is declared before the weight.
  Value linear(std::string_view name, Value x, int64_t out, Init start, Role role = Role::activation) const;

 private:
  Value declare(std::string_view name, const Shape& shape, Init start, bool decays) const;

  Graph& graph_;
  std::string label_, prefix_;
};

}  // namespace ax
