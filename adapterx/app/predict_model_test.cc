#include "adapterx/app/predict_model.h"

#include "adapterx/app/tiny_runs_test.h"
#include "adapterx/base/error_text_test.h"

namespace ax {
namespace {

namespace fs = std::filesystem;
using testing::tiny_runs;

TEST(PredictModel, AnAdapterKnowsItsClasses) {
  const PredictModel model = open_predict_model(tiny_runs().adapter("images", "adaptformer_x"),
                                                tiny_runs().adapter("images", "full").string());
  EXPECT_TRUE(model.has_logits);
  EXPECT_TRUE(model.classifies);
  EXPECT_EQ(model.classes, (std::vector<std::string>{"bright", "dark"}));
  EXPECT_EQ(model.backbone->classes(), 2);
  EXPECT_TRUE(model.adapted.has_value());
}

TEST(PredictModel, AnAdapterNeedsItsBackbone) {
  expect_part(error_text([] { open_predict_model(tiny_runs().adapter("images", "adaptformer_x"), ""); }),
              "expected the weights of its backbone");
}

TEST(PredictModel, ACheckpointWithoutAHeadHasFeaturesAlone) {
  tiny_runs().adapter("images", "full");
  const fs::path file = write_trained_backbone(tiny_runs().path("images_full"));
  const PredictModel model = predict_model(open_backbone(file, {}));
  EXPECT_FALSE(model.has_logits);
  EXPECT_FALSE(model.classifies);
  EXPECT_TRUE(model.classes.empty());
}

TEST(PredictModel, AProjectionIsOfNoClasses) {
  BackboneCheckpoint checkpoint = open_backbone(tiny_runs().adapter("images", "full"), {});
  EXPECT_TRUE(predict_model(checkpoint).classifies);
  checkpoint.is_projection = true;
  EXPECT_TRUE(predict_model(checkpoint).has_logits);
  EXPECT_FALSE(predict_model(checkpoint).classifies);
}

TEST(PredictModel, ClassNamesAreOneALine) {
  const fs::path file = tiny_runs().path("names.txt");
  std::ofstream(file) << "a cat\r\nein Hund\n";  // of either system
  EXPECT_EQ(read_class_names(file, 2), (std::vector<std::string>{"a cat", "ein Hund"}));
  expect_part(error_text([&] { read_class_names(file, 3); }), "expected 3 class names, one a line, got 2");
  expect_part(error_text([] { read_class_names("no/names", 3); }), "no/names: cannot open");
}

TEST(PredictModel, InputsAreWhatTheModelTakes) {
  const std::vector<fs::path> images = {tiny_runs().path("images") / "test"},
                              clouds = {tiny_runs().path("clouds") / "test"};
  const fs::path vit = tiny_runs().adapter("images", "full"), point = tiny_runs().adapter("clouds", "full");
  EXPECT_EQ(find_model_inputs(vit, "", images).size(), 24U);
  EXPECT_EQ(find_model_inputs(point, "", clouds).size(), 20U);
  EXPECT_EQ(find_model_inputs("", vit, images).size(), 24U);  // whole models are weights, too
  EXPECT_EQ(find_model_inputs("", point, clouds).size(), 20U);
  expect_part(error_text([&] { find_model_inputs(vit, "", clouds); }), "clouds");
  expect_part(error_text([&] { find_model_inputs(point, "", images); }), "images");
}

}  // namespace
}  // namespace ax
