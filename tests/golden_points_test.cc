// Point transformers against values computed by PyTorch in double (tools/make_points_golden.py): a training
// step's forward, gradients and running statistics, and the evaluation before it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <sstream>

#include "adapterx/io/tensors/safetensors.h"
#include "adapterx/models/points/point_family.h"
#include "adapterx/models/points/point_presets.h"
#include "adapterx/models/synthetic_weights.h"
#include "adapterx/train/build_session.h"
#include "golden_values.h"

namespace ax {
namespace {

struct GoldenPoints {
  std::string model, method, variant;

  std::string name() const {
    return fmt::format("{}_{}{}{}", model, method, variant.empty() ? "" : "_", variant);
  }
};

int64_t batch_of(const std::string& model) { return model == "micro" ? 6 : 4; }

PointTransformerConfig config_of(const std::string& model, const TensorFile& golden) {
  PointTransformerConfig c;
  if (model == "micro") {
    c.points = 96;
    c.groups = 10;
    c.group_size = 6;
    c.encoder = {8, 16, 20, 24};
    c.position_hidden = 16;
    c.width = 24;
    c.depth = 2;
    c.heads = 3;
    c.classes = 5;
    c.head_hidden = 16;
  } else {
    c = point_preset("point_mae");
  }
  const auto said = [&](const char* key) { return golden.metadata().at(key); };
  c.positions = said("positions") == "once" ? PositionUse::once : PositionUse::every_block;
  c.batch_norm = said("batch_norm") == "update" ? FrozenBatchNorm::update : FrozenBatchNorm::fixed;
  const auto reads = [pool = said("pool")](const char* part) { return pool.find(part) != std::string::npos; };
  c.pool_class = reads("cls");
  c.pool_prompts = reads("prompt") ? TokenPool::mean : TokenPool::none;
  c.pool_groups = reads("max") ? TokenPool::max : TokenPool::none;
  c.head_dropout = 0;
  return c;
}

std::unique_ptr<Method> method_of(const GoldenPoints& c, const TensorFile& golden) {
  std::istringstream words(golden.metadata().at("settings"));
  std::vector<std::string> pairs(std::istream_iterator<std::string>(words), {});
  // The golden mixture is the paper's.
  if (c.method == "dapt_x") pairs.insert(pairs.end(), {"top_k=1", "relative_gate=false"});
  return make_method(c.method, pairs);
}

struct Sessions {
  BuiltSession training, evaluation;  // of the same weights
};

Sessions sessions_of(const GoldenPoints& c, const TensorFile& golden, const CompileOptions& options) {
  SessionSpec spec;
  spec.model = point_backbone(config_of(c.model, golden));
  spec.batch = batch_of(c.model);
  spec.task = classification({}, {.label_smoothing = 0.1f});
  spec.options = options;
  const auto method = method_of(c, golden);
  const auto frozen = std::make_shared<FrozenWeights>(synthetic_source);
  Sessions s;
  s.training = build_session(spec, *method, frozen, synthetic_source);
  spec.training = false;
  s.evaluation = build_session(spec, *method, frozen, synthetic_source, 0, s.training.trained);
  for (const BuiltSession* built : {&s.training, &s.evaluation}) {
    const Tensor points = built->session->input("points");
    fill_synthetic("points", points.shape, points.f32_span());
  }
  const Tensor labels = s.training.session->input("labels");
  const auto classes = static_cast<int>(s.training.session->output("logits").shape.dim(-1));
  fill_synthetic_labels(classes, {labels.i32(), static_cast<size_t>(labels.size())});
  return s;
}

struct Worst {
  double error = 0;
  std::string name;
  void see(double e, const std::string& n) {
    if (e >= error) *this = {e, n};
  }
};

struct Errors {
  Worst output;    // logits, features, loss, penalty, those of the evaluation; relative
  Worst gradient;  // relative to the parameter's own, beyond what rounding leaves of cancelled terms
  double all_gradients = 0;  // of all parameters as one vector, relative
  Worst statistics;          // running means and variances
};

double largest_gradient(const TensorFile& golden) {
  double largest = 0;
  for (const auto& [name, tensor] : golden.tensors()) {
    if (name.starts_with("grad.")) largest = std::max(largest, norm(golden.f32(name)));
  }
  return largest;
}

// BatchNorm takes away what all clouds have in common. Biases before it so have no gradient at all, and that
// of the last prompt's beta is a difference of large terms: how much of these rounding may leave is told by
// the largest of all gradients.
class GradientComparison {
 public:
  GradientComparison(const TensorFile& golden, double noise)
      : largest_(largest_gradient(golden)), noise_(noise) {}

  double error(const std::vector<float>& gradient, const std::vector<float>& expected) {
    const double size = norm(expected), off = distance(gradient, expected);
    if (size < 1e-10) return off <= 100 * noise_ * largest_ ? 0 : HUGE_VAL;
    sizes_ += size * size;
    offs_ += off * off;
    return std::max(0.0, off - noise_ * largest_) / size;
  }

  double of_all() const { return std::sqrt(offs_ / sizes_); }

 private:
  double largest_, noise_, sizes_ = 0, offs_ = 0;
};

void compare_gradients(const TrainedParameters& trained, const TensorFile& golden, double noise, Errors& e) {
  const auto is_gradient = [](const auto& tensor) { return tensor.first.starts_with("grad."); };
  EXPECT_EQ(std::ssize(trained.optimised()), std::ranges::count_if(golden.tensors(), is_gradient));
  GradientComparison comparison(golden, noise);
  for (const auto& entry : trained.optimised()) {
    const std::vector<float> gradient = values_of(trained.gradient(entry));
    const std::vector<float> expected = golden.f32("grad." + entry.name);
    if (!golden.contains("grad_norm." + entry.name)) {
      e.gradient.see(comparison.error(gradient, expected), entry.name);
      continue;
    }
    const std::vector<float> sample = sampled(gradient, entry.name, expected.size());
    e.gradient.see(comparison.error(sample, expected), entry.name);
    const std::vector<float> whole = {static_cast<float>(norm(gradient))};
    e.gradient.see(comparison.error(whole, golden.f32("grad_norm." + entry.name)), entry.name);
  }
  e.all_gradients = comparison.of_all();
}

// A fixed BatchNorm's are as they were.
void compare_statistics(const TrainedParameters& trained, const TensorFile& golden, Errors& e) {
  const std::string prefix = "running.";
  for (const auto& [name, tensor] : golden.tensors()) {
    if (!name.starts_with(prefix)) continue;
    const auto* entry = trained.find(name.substr(prefix.size()));
    ASSERT_NE(entry, nullptr) << name;
    e.statistics.see(relative_distance(values_of(trained.value(*entry)), golden.f32(name)), name);
  }
}

Errors compare(const GoldenPoints& c, const CompileOptions& options, double noise) {
  const TensorFile golden =
      read_safetensors(std::filesystem::path(AX_GOLDEN) / fmt::format("points_{}.safetensors", c.name()));
  const Sessions s = sessions_of(c, golden, options);
  s.evaluation.session->run();
  s.training.session->run();
  Errors e;
  const auto see = [&](const Session& session, const std::string& output, const std::string& name) {
    e.output.see(relative_distance(values_of(session.output(output)), golden.f32(name)), name);
  };
  for (const char* output : {"features", "logits"}) {
    see(*s.evaluation.session, output, std::string("eval.") + output);
    see(*s.training.session, output, output);
  }
  see(*s.training.session, "loss", "loss");
  if (golden.contains("penalty")) see(*s.training.session, "penalty", "penalty");
  EXPECT_EQ(golden.contains("penalty"), s.training.has_penalty);
  compare_gradients(*s.training.trained, golden, noise, e);
  compare_statistics(*s.training.trained, golden, e);
  fmt::print("{}: output {:.1e} ({}), gradient {:.1e} ({}), of all {:.1e}, running statistics {:.1e} ({})\n",
             c.name(), e.output.error, e.output.name, e.gradient.error, e.gradient.name, e.all_gradients,
             e.statistics.error, e.statistics.name);
  return e;
}

class GoldenPointsFp32 : public ::testing::TestWithParam<GoldenPoints> {};
class GoldenPointsBf16 : public ::testing::TestWithParam<GoldenPoints> {};

// The large model's 12 blocks of random weights, maxima and head amplify rounding: PyTorch in fp32 is as far
// from PyTorch in double.
TEST_P(GoldenPointsFp32, AgreesWithPyTorch) {
  CompileOptions options;
  options.precision = Precision::fp32;
  const bool small = GetParam().model == "micro";
  const Errors e = compare(GetParam(), options, small ? 1e-7 : 1e-6);
  EXPECT_LE(e.output.error, small ? 2e-6 : 2e-5) << e.output.name;
  EXPECT_LE(e.gradient.error, small ? 5e-5 : 3e-3) << e.gradient.name;
  EXPECT_LE(e.all_gradients, small ? 1e-5 : 1e-4);
  EXPECT_LE(e.statistics.error, 1e-5) << e.statistics.name;
}

// A maximum goes to another point by rounding to 8 bits, and a parameter's gradient with it, in PyTorch as
// here, and so does the side of its ReLU that a token's scale in DAPT is on: the gradients are compared as
// one vector.
TEST_P(GoldenPointsBf16, AgreesWithPyTorch) {
  CompileOptions options;
  options.precision = Precision::bf16;
  const Errors e = compare(GetParam(), options, 1e-2);
  EXPECT_LE(e.output.error, 5e-2) << e.output.name;
  EXPECT_LE(e.all_gradients, GetParam().method == "dapt" ? 4e-1 : 1e-1);
  EXPECT_LE(e.statistics.error, 2e-2) << e.statistics.name;
}

std::vector<GoldenPoints> without_methods() {
  return {
      {"micro", "linear_probe", ""}, {"micro", "linear_probe", "every_block"},
      {"micro", "full", ""},         {"micro", "full", "every_block"},
      {"micro", "full", "fixed"},    {"mae", "linear_probe", ""},
      {"mae", "full", ""},           {"mae", "full", "every_block"},
  };
}

std::vector<GoldenPoints> with_methods() {
  return {
      {"micro", "dapt", ""},        {"micro", "dapt", "cls_prompt"},
      {"micro", "dapt_x", ""},      {"micro", "dapt_x", "cls_max"},
      {"micro", "dapt_x", "fixed"}, {"micro", "dapt_x", "gelu_prompt"},
      {"mae", "dapt", ""},          {"mae", "dapt_x", ""},
  };
}

std::string test_name(const ::testing::TestParamInfo<GoldenPoints>& test) { return test.param.name(); }

INSTANTIATE_TEST_SUITE_P(Backbone, GoldenPointsFp32, ::testing::ValuesIn(without_methods()), test_name);
INSTANTIATE_TEST_SUITE_P(Methods, GoldenPointsFp32, ::testing::ValuesIn(with_methods()), test_name);
INSTANTIATE_TEST_SUITE_P(Backbone, GoldenPointsBf16, ::testing::ValuesIn(without_methods()), test_name);
INSTANTIATE_TEST_SUITE_P(Dapt, GoldenPointsBf16,
                         ::testing::Values(GoldenPoints{"micro", "dapt", ""},
                                           GoldenPoints{"mae", "dapt", ""}),
                         test_name);

// Numbers trained and, of "full", the whole of Point-MAE with a head for 15 classes.
TEST(PointParameters, AreThePublishedCounts) {
  const BackbonePtr model = backbone_preset("point_mae").backbone;
  const auto trained = [&](const char* name) {
    SessionSpec spec;
    spec.model = model;
    spec.batch = 2;
    const auto method = make_method(name, {});
    if (method->positions_once()) spec.model = model->with_positions_once();
    return build_session(spec, *method, std::make_shared<FrozenWeights>(synthetic_source), synthetic_source)
        .trained->count();
  };
  EXPECT_EQ(trained("full"), 22093327);
  EXPECT_EQ(trained("dapt"), 1087771);
  EXPECT_EQ(trained("dapt_x"), 415031);
}

}  // namespace
}  // namespace ax
