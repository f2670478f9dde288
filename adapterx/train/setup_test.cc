// What a run opens: the data, the model and what it is shown agree with each other, and with a later
// evaluation.
#include "adapterx/train/setup.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "adapterx/base/error_text_test.h"
#include "adapterx/data/points/point_dataset.h"
#include "adapterx/train/adapter_file.h"
#include "adapterx/train/config.h"
#include "adapterx/train/micro_models_test.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

class SetupTest : public testing::Test {
 protected:
  SetupTest() : folder_(fs::temp_directory_path() / fmt::format("ax_setup_{}", ::getpid())) {
    for (const char* split : {"train", "test"}) {
      for (const char* name : {"a", "b"}) {
        const fs::path images = folder_ / "images" / split / name, meshes = folder_ / "meshes" / split / name;
        fs::create_directories(images);
        fs::create_directories(meshes);
        for (int i = 0; i < 4; ++i) {
          std::ofstream(images / fmt::format("{}.pgm", i)) << "P2 1 1 255 " << 20 * i;
          std::ofstream(meshes / fmt::format("{}.obj", i))
              << "v 0 0 0\nv 1 0 0\nv 0 " << i + 1 << " 0\nf 1 2 3\n";
        }
      }
    }
  }
  ~SetupTest() override { fs::remove_all(folder_); }

  TrainConfig config(const std::string& data) const {
    TrainConfig c;
    c.method.name = "linear_probe";
    c.data.path = (folder_ / data).string();
    c.data.val_fraction = 0.25;
    c.model.weights = (folder_ / "weights").string();
    c.train.out = (folder_ / "run").string();
    return c;
  }
  TrainConfig images() const {
    save_backbone(folder_ / "weights", {micro_models()[0], input_of(*micro_models()[0])}, synthetic_source,
                  FileDType::f32);
    return config("images");
  }
  // Weights whose pretraining drew `sample_points` points of a surface.
  TrainConfig meshes(int64_t sample_points) const {
    const BackbonePtr model = micro_models()[1];
    const PointPreprocess preprocess{point_config(*model).points, true, sample_points};
    save_backbone(folder_ / "weights", {model, std::make_shared<PointInput>(preprocess)}, synthetic_source,
                  FileDType::f32);
    return config("meshes");
  }

  fs::path folder_;
};

TEST_F(SetupTest, TheModelHasTheDatasClasses) {
  for (const bool of_images : {true, false}) {
    const TrainingSetup setup = open_training(of_images ? images() : meshes(4096));
    EXPECT_EQ(setup.model->classes(), 2);
    EXPECT_EQ(setup.task->classes(), setup.data.classes);
    EXPECT_EQ(setup.data.size(Split::train), 6);
    EXPECT_EQ(setup.data.size(Split::val), 2);
    EXPECT_EQ(setup.data.size(Split::test), 8);
    EXPECT_EQ(setup.input->name(), setup.model->input_name());
  }
}

// An adapter's file says of how many points of a surface it was trained: so many are drawn in evaluation.
TEST_F(SetupTest, SurfacesAreSampledAsInEvaluation) {
  for (const int64_t of_weights : {100, 4096}) {
    for (const int64_t said : {0, 64}) {
      TrainConfig c = meshes(of_weights);
      c.data.sample_points = said;
      const TrainingSetup setup = open_training(c);
      const auto& clouds = dynamic_cast<const PointDataset&>(*setup.data.train);
      EXPECT_EQ(clouds.points(0).size(), setup.input->spec({}).sample_points) << of_weights << " " << said;
      EXPECT_TRUE(said == 0 || clouds.points(0).size() == said);
    }
  }
}

TEST_F(SetupTest, TrainsOnWhatItIsTold) {
  TrainConfig c = images();
  c.data.use_test = false;
  EXPECT_EQ(open_training(c).data.test, nullptr);
  c.data.train_on = TrainOn::train_and_val;
  c.train.select = Select::last;
  const TrainingSetup all = open_training(c);
  EXPECT_EQ(all.data.val, nullptr);
  EXPECT_EQ(all.data.size(Split::train), 8);
  c.pretrain.objective = Objective::masked;
  c.method.name = "full";
  EXPECT_EQ(open_training(c).model->classes(), 0);
}

TEST_F(SetupTest, ASelectionNeedsItsSamples) {
  TrainConfig c = images();
  c.data.val_fraction = 0;
  expect_part(error_text([&] { open_training(c); }), "no validation images to select on");
  c.train.select = Select::last;
  EXPECT_EQ(error_text([&] { open_training(c); }), "no error");
  c.train.select = Select::test_best;
  c.data.use_test = false;
  expect_part(error_text([&] { open_training(c); }), "no test images for train.select = test-best");
}

TEST_F(SetupTest, SettingsOfTheOtherKindAreRefused) {
  TrainConfig c = images();
  c.data.unit_sphere = false;
  expect_part(error_text([&] { open_training(c); }), "a setting of point clouds; the model is one of images");
  c = meshes(4096);
  c.augment.flip = 0.5;
  expect_part(error_text([&] { open_training(c); }), "a setting of images; the model is one of point clouds");
}

// Each setting reaches its own member: values that all differ, so that none stands for another.
TEST(DataSettings, ReachTheDataSet) {
  DataConfig d;
  d.path = "p";
  d.format = "f";
  d.val_fraction = 0.125;
  d.train_size = 11;
  d.val_size = 12;
  d.split_seed = 13;
  d.class_names = "n";
  d.labels = LabelsTaken::all;
  d.variant = "v";
  d.min_class_size = 14;
  const DatasetSpec s = dataset_spec(d);
  EXPECT_EQ(std::tuple(s.path, s.format, s.val_fraction, s.train_size, s.val_size, s.seed),
            std::tuple(fs::path("p"), "f", 0.125, 11, 12, 13u));
  EXPECT_EQ(std::tuple(s.class_names, s.all_labels, s.variant, s.min_class_size),
            std::tuple(fs::path("n"), true, "v", 14));
  EXPECT_EQ(s.sample_points, DatasetSpec().sample_points);
  d.sample_points = 15;
  EXPECT_EQ(dataset_spec(d).sample_points, 15);
}

TEST(DataSettings, GoBeforeTheProtocol) {
  PreprocessSettings protocol;
  protocol.unit_sphere = false;
  DataConfig d;
  EXPECT_EQ(preprocess_settings(d, protocol).unit_sphere, false);
  EXPECT_EQ(preprocess_settings(d).unit_sphere, std::nullopt);
  d.unit_sphere = true;
  d.preprocess = "clip";
  d.interpolation = Interpolation::lanczos;
  d.crop = Crop::squash;
  d.crop_pct = 0.75;
  d.sample_points = 15;
  const PreprocessSettings s = preprocess_settings(d, protocol);
  EXPECT_EQ(std::tuple(s.unit_sphere, s.preset, s.interpolation, s.crop, s.crop_pct, s.sample_points),
            std::tuple(true, "clip", Interpolation::lanczos, Crop::squash, 0.75, 15));
}

}  // namespace
}  // namespace ax
