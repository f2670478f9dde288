#include "adapterx/train/merge_adapter.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "adapterx/base/error_text_test.h"
#include "adapterx/base/rng.h"
#include "adapterx/models/synthetic_weights.h"
#include "adapterx/train/micro_models_test.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

class Merge : public ::testing::Test {
 protected:
  Merge() : folder_(fs::temp_directory_path() / ("ax_merge_" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~Merge() override { fs::remove_all(folder_); }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  BackboneCheckpoint open_file(const std::string& name, const Backbone& model,
                               const BackboneRequest& request) const {
    return model.family().open(open_backbone_file(path(name)), request);
  }

  // A backbone in a file, and an adapter of a method over it, trained at random.
  void write(const BackbonePtr& model, const std::string& method, const std::vector<std::string>& settings) {
    const ModelInputPtr input = input_of(*model);
    save_backbone(path("backbone"), {model->with_classes(0), input}, synthetic_source, FileDType::f32);
    const auto trained = build_session(evaluation_spec(model), *make_method(method, settings),
                                       std::make_shared<FrozenWeights>(synthetic_source), synthetic_source)
                             .trained;
    const Rng rng(3, 0, place_of(method));
    const std::span<float> values = trained->values();
    for (const auto& e : trained->optimised()) {
      const auto draw = [&](size_t i) { return 0.2f * rng.uniform(e.offset + i) - 0.1f; };
      for (size_t i = 0; i < e.size(); ++i) values[e.offset + i] += draw(i);
    }
    AdapterInfo info;
    info.method = method;
    info.settings = resolved_settings(method, settings);
    info.model = model;
    info.input = input;
    info.classes = {"a", "b", "c"};
    info.backbone = backbone_id(path("backbone"), "", open_file("backbone", *model, model->request()));
    save_adapter(path("adapter"), info, *trained, values);
  }

  static std::vector<double> logits(const BuiltSession& built, const BackbonePtr& model) {
    fill_input(*built.session, *model);
    built.session->run();
    const auto out = built.session->output("logits").f32_span();
    return {out.begin(), out.end()};
  }

  std::vector<double> adapted_logits(const BackbonePtr& model) const {
    CompileOptions fp32;
    fp32.precision = Precision::fp32;
    return logits(
        build_adapted_session(open_adapted_model(path("adapter"), path("backbone")), kMicroBatch, fp32),
        model);
  }

  // Of the file as anyone opens it.
  std::vector<double> plain_logits(const BackbonePtr& model) const {
    const BackboneCheckpoint plain = open_file("plain", *model, {});
    EXPECT_TRUE(plain.has_head);
    return logits(build_session(evaluation_spec(plain.backbone), Unadapted(),
                                std::make_shared<FrozenWeights>(plain.source), plain.source),
                  model);
  }

  fs::path folder_;
};

TEST_F(Merge, ThePlainModelGivesTheSameLogits) {
  for (const BackbonePtr& model : micro_models()) {
    for (const MethodInfo& info : methods()) {
      if (!make_method(info.name)->merges()) continue;
      for (const std::vector<std::string>& settings : micro_variants(info.name)) {
        write(model, info.name, settings);
        merge_adapter(path("adapter"), path("backbone"), path("plain"));
        const std::vector<double> adapted = adapted_logits(model), plain = plain_logits(model);
        EXPECT_LE(relative_error(plain, adapted), 1e-5) << info.name;
      }
    }
  }
}

TEST_F(Merge, AMethodThatCannotNamesThoseThatCan) {
  write(micro_models()[0], "adaptformer", {});
  const std::string text =
      error_text([&] { merge_adapter(path("adapter"), path("backbone"), path("plain")); });
  expect_part(
      text,
      "method adaptformer adds what no weight of the backbone can hold; expected one of linear_probe, full");
  EXPECT_FALSE(fs::exists(path("plain")));
}

}  // namespace
}  // namespace ax
