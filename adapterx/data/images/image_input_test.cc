// Files, data sets and pictures of reports show a model, and a reader, the same image.
#include "adapterx/data/images/image_input.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "adapterx/base/error_text_test.h"
#include "adapterx/data/numbered_samples_test.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

Preprocess small() {
  Preprocess p = preprocess_preset("imagenet");
  p.size = 4;
  return p;
}

class ImageInputTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() / fmt::format("ax_image_input_{}_{}", ::getpid(), test->name());
    for (const char* name : {"a/1.ppm", "a/2.ppm", "b/3.ppm"}) write(name, 7, 5);
    write("b/4.ppm", 300, 200);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, int width, int height) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream out(folder_ / name, std::ios::binary);
    out << "P6 " << width << " " << height << " 255\n";
    for (int i = 0; i < 3 * width * height; ++i) out.put(static_cast<char>((i * 37 + name[2] * 11) % 256));
  }
  DataSplits open(double val_fraction = 0) const {
    return input_.open({.path = folder_, .val_fraction = val_fraction});
  }

  ImageInput input_{small()};
  fs::path folder_;
};

TEST_F(ImageInputTest, FilesAreLoadedAsADataSetShowsThem) {
  const std::vector<fs::path> folders = {folder_};
  const std::vector<fs::path> files = input_.find_files(folders);
  ASSERT_EQ(files.size(), 4u);
  const auto size = static_cast<size_t>(input_.sample_size());
  std::vector<float> loaded(4 * size), sample(size);
  EXPECT_EQ(input_.load_files(files, {}, loaded), std::vector<std::string>(4));
  const DataSplits splits = open();
  const auto samples = input_.samples(splits.train, 0);
  for (int64_t i = 0; i < 4; ++i) {
    EXPECT_EQ(splits.train->name(i), files[static_cast<size_t>(i)].string());
    samples->sample({1, 2, i}, sample.data());
    EXPECT_TRUE(std::equal(sample.begin(), sample.end(), loaded.begin() + i * input_.sample_size())) << i;
  }
}

TEST_F(ImageInputTest, AugmentationIsThatOfImages) {
  Augmentation augmentation;
  augmentation.images.flip = 1;
  augmentation.points.jitter = 1;  // not this kind's
  const DataSplits splits = open();
  std::vector<float> plain(48), flipped(48);
  input_.samples(splits.train, 0)->sample({}, plain.data());
  input_.samples(splits.train, augmentation, 0)->sample({}, flipped.data());
  for (size_t row = 0; row < plain.size(); row += 4) {
    std::reverse(plain.begin() + static_cast<ptrdiff_t>(row),
                 plain.begin() + static_cast<ptrdiff_t>(row + 4));
  }
  EXPECT_EQ(flipped, plain);
}

TEST_F(ImageInputTest, TrainingOnValidationHasAllSamplesOnce) {
  DataSplits splits = open(0.5);
  std::vector<std::string> names;
  for (const auto& part : {splits.train, splits.val}) {
    for (int64_t i = 0; i < part->size(); ++i) names.push_back(part->name(i));
  }
  train_on_validation(input_, splits);
  EXPECT_EQ(splits.val, nullptr);
  ASSERT_EQ(splits.size(Split::train), 4);
  for (int64_t i = 0; i < 4; ++i) EXPECT_EQ(splits.train->name(i), names[static_cast<size_t>(i)]);
  train_on_validation(input_, splits);  // none are left
  EXPECT_EQ(splits.size(Split::train), 4);
}

// What a report shows is what the model saw, to the last bit of a pixel.
TEST_F(ImageInputTest, APortraitUndoesTheNormalisation) {
  Preprocess squash = small();
  squash.crop = Crop::squash;
  const ImageInput input(squash);
  write("a/5.ppm", 4, 4);
  const std::vector<fs::path> files = {folder_ / "a/5.ppm"};
  std::vector<float> values(48);
  ASSERT_EQ(input.load_files(files, {}, values)[0], "");
  const Drawing drawing = input.portrait(values, 4);
  ASSERT_TRUE(drawing.image.has_value());
  for (int i = 0; i < 48; ++i)
    EXPECT_EQ(drawing.image->pixels[static_cast<size_t>(i)], (i * 37 + '5' * 11) % 256) << i;
}

TEST_F(ImageInputTest, ThumbnailsAreSmallOrAsTheyAre) {
  const DataSplits splits = open();
  const Drawing own = input_.thumbnail(*splits.train, 0), large = input_.thumbnail(*splits.train, 3);
  EXPECT_EQ(own.image->width, 7);
  EXPECT_EQ(own.image->height, 5);
  EXPECT_EQ(large.image->width, kThumbnailSide);
  EXPECT_EQ(large.image->height, kThumbnailSide);
  EXPECT_TRUE(own.points.empty());
}

TEST_F(ImageInputTest, SettingsGoBeforeWhatTheWeightsSay) {
  PreprocessSettings settings;
  const auto got = [&] { return dynamic_cast<const ImageInput&>(*input_.with(settings)).preprocess(); };
  EXPECT_EQ(got(), small());
  Preprocess expected = preprocess_preset("clip");
  expected.size = 4;  // the model's, whatever the preset
  settings.preset = "clip";
  EXPECT_EQ(got(), expected);
  settings.crop = expected.crop = Crop::squash;
  EXPECT_EQ(got(), expected);
  settings.interpolation = expected.interpolation = Interpolation::nearest;
  EXPECT_EQ(got(), expected);
  settings.crop_pct = expected.crop_pct = 0.5;
  EXPECT_EQ(got(), expected);
  settings.mean = {0.1f, 0.2f, 0.3f};
  expected.mean = {0.1f, 0.2f, 0.3f};
  EXPECT_EQ(got(), expected);
  settings.std = {0.4f, 0.5f, 0.6f};
  expected.std = {0.4f, 0.5f, 0.6f};
  EXPECT_EQ(got(), expected);
}

TEST_F(ImageInputTest, SettingsOutOfTheirRangeAreRefused) {
  const auto error = [&](const auto& change) {
    PreprocessSettings settings;
    change(settings);
    return error_text([&] { input_.with(settings); });
  };
  expect_part(error([](auto& s) { s.crop_pct = 1.5; }), "crop_pct 1.5");
  expect_part(error([](auto& s) { s.preset = "imagnet"; }), "did you mean `imagenet`?");
  expect_part(error([](auto& s) { s.mean = {1, 2}; }), "mean: expected 3 numbers, got 2");
  expect_part(error([](auto& s) { s.mean = {1, 2, 3, 4}; }), "mean: expected 3 numbers, got 4");
  expect_part(error([](auto& s) { s.std = {1, 2}; }), "std: expected 3 numbers, got 2");
  expect_part(error([](auto& s) { s.std = {1, 0, 1}; }), "std 0: expected above 0");
  expect_part(error([](auto& s) { s.unit_sphere = true; }), "settings of point clouds");
  expect_part(error([](auto& s) { s.sample_points = 5; }), "settings of point clouds");
}

TEST_F(ImageInputTest, AnotherKindOfSamplesIsRefused) {
  const auto numbers = std::make_shared<NumberedData>(std::vector<int32_t>{0, 1});
  expect_part(error_text([&] { input_.samples(numbers, 0); }), "expected a data set of images");
  expect_part(error_text([&] { input_.concatenate(numbers, nullptr); }), "expected a data set of images");
  EXPECT_FALSE(input_.draws_samples());
  EXPECT_EQ(input_.drawn_samples(numbers), nullptr);
}

}  // namespace
}  // namespace ax
