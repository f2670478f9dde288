// What each method trains of the published models, without the head: counts of papers and of their code.
#include <gtest/gtest.h>

#include <algorithm>

#include "adapterx/methods/method.h"
#include "adapterx/models/backbone.h"
#include "adapterx/train/trained_parts.h"

namespace ax {
namespace {

struct Row {
  std::string method;
  int64_t vit_base, point_mae;  // 0: made for the other
};

const std::vector<Row>& rows() {
  static const std::vector<Row> all = {
      {"linear_probe", 0, 0},         {"full", 85'798'656, 21'825'792}, {"bitfit", 102'912, 37'248},
      {"layer_norm", 38'400, 19'200}, {"lora", 294'912, 147'456},       {"adaptformer", 1'189'632, 595'200},
      {"adaptformer_x", 168'200, 0},  {"adapter_x", 168'200, 0},        {"dapt", 0, 721'932},
      {"dapt_x", 0, 49'192},
  };
  return all;
}

int64_t count(const std::string& preset, const Method& method) {
  BackbonePtr model = backbone_preset(preset).backbone->with_classes(15);
  if (method.positions_once()) model = model->with_positions_once();
  Graph graph;
  const auto adaptation = method.adapt();
  model->build(graph, {.batch = 2, .training = true}, *adaptation);
  const TrainedParts parts = trained_parts(TrainedParameters(graph).entries(), *model);
  return parts.total;
}

TEST(MethodCounts, AreThePublishedOnes) {
  for (const Row& row : rows()) {
    const auto method = make_method(row.method);
    for (const auto& [preset, expected] :
         {std::pair{"vit_base_patch16_224", row.vit_base}, {"point_mae", row.point_mae}}) {
      const int64_t counted = expected == 0 ? 0 : count(preset, *method);
      EXPECT_EQ(counted, expected) << row.method << " " << preset;
    }
  }
  EXPECT_EQ(count("vit_base_patch16_224", *make_method("lora", {"targets=qkv"})), 294'912);
}

TEST(MethodCounts, EveryMethodHasARow) {
  for (const MethodInfo& info : methods()) {
    EXPECT_EQ(std::ranges::count(rows(), info.name, &Row::method), 1) << info.name;
  }
}

}  // namespace
}  // namespace ax
