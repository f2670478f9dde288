// What holds for every method, on every kind of backbone.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/multiply.h"
#include "adapterx/models/name_pattern.h"
#include "adapterx/train/micro_models_test.h"
#include "adapterx/train/trained_parts.h"

namespace ax {
namespace {

struct Case {
  std::string method;
  std::vector<std::string> settings;
  BackboneConfig model;

  std::unique_ptr<Method> make(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all = settings;
    for (const std::string& pair : more) {
      if (method_has(method, pair.substr(0, pair.find('=')))) all.push_back(pair);
    }
    return make_method(method, Settings(all));
  }
  bool points() const { return is_point_backbone(model); }
  std::string text() const {
    return fmt::format("{} {} on {}", method, fmt::join(settings, " "), input_name(model));
  }
};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const BackboneConfig& model : micro_models()) {
    for (const MethodInfo& info : methods()) {
      for (const std::vector<std::string>& settings : micro_variants(info.name)) {
        all.push_back({info.name, settings, model});
        if (all.back().make()->positions_once()) add_positions_once(all.back().model);
      }
    }
  }
  return all;
}

// Relus of an adapter's scale are open.
bool open_weights(std::string_view name, const Shape& shape, std::span<float> out) {
  synthetic_source(name, shape, out);
  if (name.ends_with("scale.bias")) std::ranges::fill(out, 5.0f);
  return true;
}

BuiltSession build(const Case& c, const Method& method, bool training, const WeightSource& source) {
  SessionSpec spec = evaluation_spec(c.model);
  spec.training = training;
  BuiltSession built = build_session(spec, method, std::make_shared<FrozenWeights>(source), source);
  fill_input(*built.session, c.model);
  if (training) fill_synthetic_labels(3, {built.session->input("labels").i32(), kMicroBatch});
  return built;
}

std::vector<float> output(const BuiltSession& built, const char* name) {
  built.session->run();
  const auto out = built.session->output(name).f32_span();
  return {out.begin(), out.end()};
}

TEST(MethodLaws, NothingFrozenGetsAGradient) {
  for (const Case& c : cases()) {
    const BuiltSession built = build(c, *c.make(), true, open_weights);
    for (const Step& step : built.session->steps()) {
      EXPECT_FALSE(step.op == "linear_weight_grad" && !step.trained_gradient)
          << c.text() << " " << step.scope;
    }
    const auto names = backbone_parameters(with_classes(c.model, 0));
    Graph graph;
    const auto adaptation = c.make()->adapt();
    build_backbone(graph, c.model, {.batch = kMicroBatch, .training = true}, *adaptation);
    for (const int id : graph.parameters()) {
      const ValueInfo& p = graph.info(id);
      EXPECT_EQ(built.trained->find(p.name) != nullptr, p.use.trained || p.buffer)
          << c.text() << " " << p.name;
      EXPECT_TRUE(p.use.trained || p.buffer || names.contains(p.name)) << c.text() << " " << p.name;
    }
  }
}

// The exceptions: a prompt after the last block, which a class token's head doesn't read; and of clouds what
// shifts all that a BatchNorm of the batch's statistics is given, which takes every shift back.
bool gets_no_gradient(const Case& c, std::string_view name) {
  if (!c.points()) return matches("blocks.1.prompt.*", name);
  constexpr std::array<std::string_view, 7> kShifts = {"encoder.first_conv.0.bias",
                                                       "encoder.first_conv.3.bias",
                                                       "encoder.second_conv.0.bias",
                                                       "norm.bias",
                                                       "norm.tfts.beta",
                                                       "head.0.bias",
                                                       "head.4.bias"};
  return std::ranges::find(kShifts, name) != kShifts.end();
}

TEST(MethodLaws, AllThatIsTrainedGetsAGradient) {
  for (const Case& c : cases()) {
    BuiltSession built = build(c, *c.make({"dropout=0"}), true, open_weights);
    built.session->run();
    for (const TrainedParameters::Entry& e : built.trained->optimised()) {
      float largest = 0;
      for (const float g : built.trained->gradient(e).f32_span()) largest = std::max(largest, std::abs(g));
      if (gets_no_gradient(c, e.name)) {
        EXPECT_LE(largest, 1e-4f) << c.text() << " " << e.name;
      } else {
        EXPECT_GT(largest, 1e-6f) << c.text() << " " << e.name;
      }
    }
  }
}

// As small as differences of every parameter allow.
void shrink(BackboneConfig& model) {
  if (auto* vit = std::get_if<VitConfig>(&model)) {
    vit->image_size = 4;
    vit->patch_size = 2;
    vit->width = 4;
    return;
  }
  auto& points = std::get<PointTransformerConfig>(model);
  points.points = 9;
  points.groups = 3;
  points.group_size = 3;
  points.width = 4;
  points.encoder = {4, 4, 4, 4};
  points.position_hidden = 4;
  points.classes = 0;                          // the head's relus are no method's
  points.batch_norm = FrozenBatchNorm::fixed;  // the batch's statistics take shifts back: gradients of 0
}

// Variances are above 0.
std::vector<double> micro_values(std::string_view name, const Shape& shape) {
  std::vector<double> v = test_values(name, shape);
  for (double& x : v) x = name.ends_with("running_var") ? 1 + x * x : x;
  return v;
}

TEST(MethodLaws, GradientsAreThoseOfTheDefinition) {
  for (Case c : cases()) {
    shrink(c.model);
    const auto method = c.make();
    CheckOptions options;
    options.compile.precision = Precision::fp32;
    options.feed = micro_values;
    const CheckResult r = check_graph(
        [&](Graph& g) {
          const auto adaptation = method->adapt();
          const BuiltBackbone built =
              build_backbone(g, c.model, {.batch = 2, .training = true, .drop_path = 0.2f}, *adaptation);
          const Value result = c.points() ? built.features : built.logits, penalty = adaptation->penalty();
          return penalty ? add(result, broadcast_scalar(penalty, result.shape(), Role::exact)) : result;
        },
        options);
    EXPECT_LE(r.forward_error, 1e-5) << c.text();
    EXPECT_LE(r.worst_gradient_error, 5e-4) << c.text() << " " << r.worst_parameter;
  }
}

// Without what is drawn at random at the start, scales, shifts and prompts, every method begins as the frozen
// backbone, bit for bit.
TEST(MethodLaws, TheStartIsTheFrozenBackbone) {
  for (const Case& c : cases()) {
    const auto names = backbone_parameters(c.model);
    const WeightSource backbone = [&](std::string_view name, const Shape& shape, std::span<float> out) {
      return names.contains(name) && synthetic_source(name, shape, out);
    };
    EXPECT_EQ(output(build(c, *c.make({"tfts=false", "prompts=false"}), false, backbone), "logits"),
              output(build(c, Backbone(), false, backbone), "logits"))
        << c.text();
  }
}

// But for BatchNorm's statistics, and for dropout in a point transformer's head.
TEST(MethodLaws, TrainingWithoutDropoutIsEvaluation) {
  for (Case c : cases()) {
    if (auto* points = std::get_if<PointTransformerConfig>(&c.model))
      points->batch_norm = FrozenBatchNorm::fixed;
    const auto method = c.make({"dropout=0"});
    const char* result = c.points() ? "features" : "logits";
    const std::vector<float> training = output(build(c, *method, true, open_weights), result),
                             evaluation = output(build(c, *method, false, open_weights), result);
    EXPECT_LE(relative_error({training.begin(), training.end()}, {evaluation.begin(), evaluation.end()}),
              1e-6)
        << c.text();
  }
}

// A method keeps nothing of a graph: two at once are as two after each other.
TEST(MethodLaws, OneMethodServesTwoGraphs) {
  for (const Case& c : cases()) {
    const auto method = c.make();
    BuiltSession first = build(c, *method, true, open_weights),
                 second = build(c, *method, true, open_weights);
    EXPECT_EQ(output(first, "logits"), output(second, "logits")) << c.text();
    EXPECT_TRUE(std::ranges::equal(first.trained->gradients(), second.trained->gradients())) << c.text();

    const auto one = method->adapt(), other = method->adapt();
    Graph g, h;
    build_backbone(g, c.model, {.batch = 2, .training = true}, *one);
    build_backbone(h, c.model, {.batch = 2, .training = true}, *other);
    EXPECT_EQ(g.parameter_names(), h.parameter_names()) << c.text();
    const Value penalty = one->penalty();
    EXPECT_TRUE(!penalty || penalty.graph == &g) << c.text();
    for (const Observed& o : one->observed()) EXPECT_EQ(o.value.graph, &g) << c.text();
  }
}

TEST(MethodLaws, PartsAddUp) {
  for (const Case& c : cases()) {
    const BuiltSession built = build(c, *c.make(), true, open_weights);
    const auto entries = built.trained->entries();
    const TrainedParts parts = trained_parts(entries, c.model);
    int64_t sum = 0;
    for (const TrainedPart& part : parts.parts) sum += part.numbers;
    EXPECT_EQ(sum, built.trained->count()) << c.text();
    EXPECT_EQ(parts.total, sum) << c.text();
    const auto backbone = backbone_parameters(with_classes(c.model, 0));
    const auto whole = backbone_parameters(c.model);
    for (const TrainedParameters::Entry& e : entries) {
      if (e.buffer || backbone.contains(e.name)) continue;
      EXPECT_NE(e.part, "backbone") << c.text() << " " << e.name;
      EXPECT_EQ(e.part == "head", whole.contains(e.name)) << c.text() << " " << e.name;
    }
  }
}

}  // namespace
}  // namespace ax
