#include "adapterx/graph/interpreter.h"

#include "adapterx/base/error.h"

namespace ax {

std::vector<TwinTensor> interpret(Graph& graph, std::vector<Value> results, const TwinFeed& feed,
                                  uint64_t seed, uint32_t step) {
  std::vector<TwinTensor> values(static_cast<size_t>(graph.value_count()));
  for (int id = 0; id < graph.value_count(); ++id) {
    const ValueInfo& info = graph.info(id);
    TwinTensor& t = values[static_cast<size_t>(id)];
    t.shape = info.shape;
    if (info.kind == ValueKind::computed) continue;
    t.v = feed(info.name, info.shape);
    if (t.v.size() != static_cast<size_t>(info.shape.size())) {
      fail("{}: expected {} numbers, got {}", info.name, info.shape.size(), t.v.size());
    }
  }
  for (const Node& node : graph.nodes()) {
    TwinNode twin;
    twin.state.seed = seed;
    twin.state.step = step;
    for (const int id : node.inputs) twin.in.push_back(id < 0 ? nullptr : &values[static_cast<size_t>(id)]);
    for (const int id : node.outputs) {
      const Shape& shape = graph.info(id).shape;
      twin.out.push_back({shape, std::vector<double>(static_cast<size_t>(shape.size()))});
    }
    node.op->evaluate(twin);
    for (size_t i = 0; i < node.outputs.size(); ++i)
      values[static_cast<size_t>(node.outputs[i])] = std::move(twin.out[i]);
  }
  std::vector<TwinTensor> out;
  for (const Value& v : results) out.push_back(values[static_cast<size_t>(v.id)]);
  return out;
}

}  // namespace ax
