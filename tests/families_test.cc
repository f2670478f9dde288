// Checkpoints written by the libraries themselves (tools/make_family_golden.py), read, and run: features and
// logits against the library's own.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "adapterx/io/tensors/safetensors.h"
#include "adapterx/models/vit/vit_family.h"
#include "adapterx/train/build_session.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(AX_GOLDEN) / "families";

std::vector<std::string> families() {
  constexpr std::string_view kSuffix = ".expected.safetensors";
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(kSuffix)) names.push_back(name.substr(0, name.size() - kSuffix.size()));
  }
  std::ranges::sort(names);
  return names;
}

Activation activation_of(const std::string& name) {
  return name == "quick_gelu"  ? Activation::quick_gelu
         : name == "gelu_tanh" ? Activation::gelu_tanh
                               : Activation::gelu_erf;
}

double relative_error(const Tensor& got, const std::vector<float>& want) {
  double error = 0, norm = 0;
  for (size_t i = 0; i < want.size(); ++i) {
    const double w = static_cast<double>(want[i]), d = static_cast<double>(got.f32()[i]) - w;
    error += d * d;
    norm += w * w;
  }
  return std::sqrt(error / norm);
}

// timm's features of a distilled model are the mean of its two tokens' (forward_head, pre_logits).
std::vector<float> pooled(const TensorFile& expected) {
  std::vector<float> features = expected.f32("features");
  if (!expected.contains("features_dist")) return features;
  const std::vector<float> second = expected.f32("features_dist");
  for (size_t i = 0; i < features.size(); ++i) features[i] = (features[i] + second[i]) / 2;
  return features;
}

class Families : public ::testing::TestWithParam<std::string> {};

TEST_P(Families, GivesTheLibrarysFeaturesAndLogits) {
  const TensorFile expected = read_safetensors(kFolder / (GetParam() + ".expected.safetensors"));
  const auto config = nlohmann::json::parse(expected.metadata().at("config"));
  BackboneRequest request;
  // What a file doesn't hold is told, unless config.json or the shapes say it.
  if (!fs::exists((kFolder / expected.metadata().at("file")).parent_path() / "config.json") ||
      GetParam().starts_with("timm")) {
    if (!GetParam().starts_with("jax")) request.model.heads = config.at("heads").get<int64_t>();
    if (GetParam() == "timm_vit_clip") request.act = activation_of(config.at("act").get<std::string>());
  }
  request.model.image_size = config.at("image_size").get<int64_t>();
  const BackboneCheckpoint checkpoint = open_backbone(kFolder / expected.metadata().at("file"), request);
  const VitConfig& found = vit_config(*checkpoint.backbone);

  EXPECT_EQ(found.heads, config.at("heads").get<int64_t>());
  EXPECT_EQ(found.act, activation_of(config.at("act").get<std::string>()));
  EXPECT_FLOAT_EQ(found.norm_eps, config.at("norm_eps").get<float>());
  EXPECT_EQ(found.classes, config.at("classes").get<int64_t>());
  EXPECT_EQ(checkpoint.has_head, found.classes > 0);
  EXPECT_EQ(checkpoint.report.loaded + std::ssize(checkpoint.report.initialised),
            checkpoint.report.parameters);

  SessionSpec spec;
  spec.model = checkpoint.backbone;
  spec.batch = expected.at("images").shape[0];
  spec.training = false;
  spec.options.precision = Precision::fp32;
  const auto method = make_method("linear_probe");
  if (found.classes == 0) spec.model = spec.model->with_classes(2);  // a head to probe with
  const BuiltSession built =
      build_session(spec, *method, std::make_shared<FrozenWeights>(checkpoint.source), checkpoint.source);
  expected.copy_f32("images", built.session->input("images").f32_span());
  built.session->run();
  constexpr double kBound = 2e-5;
  EXPECT_LE(relative_error(built.session->output("features"), pooled(expected)), kBound);
  if (found.classes > 0) {
    EXPECT_LE(relative_error(built.session->output("logits"), expected.f32("logits")), kBound);
  }
}

INSTANTIATE_TEST_SUITE_P(All, Families, ::testing::ValuesIn(families()),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace ax
