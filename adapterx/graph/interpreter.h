// The scalar twin of compile(): runs a graph's forward in double, op by op, by each op's definition. Slow and
// plain; tests check compiled sessions against it, and gradients against its differences.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "adapterx/graph/graph.h"
#include "adapterx/graph/op.h"

namespace ax {

// Values of an input or parameter, by name.
using TwinFeed = std::function<std::vector<double>(std::string_view name, const Shape& shape)>;

// Evaluates `results` of a graph that has not been compiled.
std::vector<TwinTensor> interpret(Graph& graph, std::vector<Value> results, const TwinFeed& feed,
                                  uint64_t seed = 0, uint32_t step = 0);

}  // namespace ax
