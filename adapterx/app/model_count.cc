#include "adapterx/app/model_count.h"

#include "adapterx/graph/op.h"
#include "adapterx/methods/method.h"
#include "adapterx/tasks/classification.h"

namespace ax {

ModelCount count_model(const Backbone& model) {
  Graph graph;
  Slots none;
  classification({})->build(graph, model, {}, none);
  ModelCount count;
  for (const int id : graph.parameters()) {
    if (!graph.info(id).buffer) count.parameters += graph.info(id).shape.size();
  }
  for (const Node& node : graph.nodes()) {
    std::vector<Shape> shapes;
    for (const int id : node.inputs) shapes.push_back(id < 0 ? Shape{} : graph.info(id).shape);
    count.flops += node.op->cost(shapes).flops;
  }
  return count;
}

TrainedParts count_trained(const Backbone& model, const std::string& method,
                           const std::vector<std::string>& settings) {
  constexpr int64_t kBatch = 2;  // the least of which BatchNorm takes statistics
  const auto made = make_method(method, settings);
  Graph graph;
  classification({})->build(graph, model, {.batch = kBatch, .training = true}, *made->adapt());
  return trained_parts(TrainedParameters(graph).entries(), model);
}

}  // namespace ax
