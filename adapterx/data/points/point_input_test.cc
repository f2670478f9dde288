// Files, data sets and pictures of reports show a model, and a reader, the same cloud.
#include "adapterx/data/points/point_input.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <set>

#include "adapterx/base/error_text_test.h"
#include "adapterx/base/rng.h"
#include "adapterx/data/numbered_samples_test.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

class PointInputTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() / fmt::format("ax_point_input_{}_{}", ::getpid(), test->name());
    for (const char* name : {"a/1.xyz", "a/2.xyz", "b/3.xyz", "b/4.xyz"}) write(name, 40);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, int points) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream out(folder_ / name);
    const Rng rng(1, 0, place_of(name));
    for (int i = 0; i < points; ++i) {
      const auto at = static_cast<uint64_t>(3 * i);
      out << rng.uniform(at) << " " << rng.uniform(at + 1) << " " << rng.uniform(at + 2) << "\n";
    }
  }
  DataSplits open(double val_fraction = 0) const {
    return input_.open(input_.spec({.path = folder_, .val_fraction = val_fraction}));
  }

  PointInput input_{PointPreprocess{16, true, 32}};
  fs::path folder_;
};

TEST_F(PointInputTest, FilesAreLoadedAsADataSetShowsThem) {
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

TEST_F(PointInputTest, AugmentationIsThatOfClouds) {
  const DataSplits splits = open();
  std::vector<float> plain(48), jittered(48);
  Augmentation augmentation;
  augmentation.images.flip = 1;  // not this kind's
  input_.samples(splits.train, augmentation, 0)->sample({}, plain.data());
  augmentation.points.jitter = 0.01;
  input_.samples(splits.train, augmentation, 0)->sample({}, jittered.data());
  EXPECT_NE(plain, jittered);
  for (size_t i = 0; i < plain.size(); ++i) EXPECT_NEAR(plain[i], jittered[i], 0.0501f);
}

TEST_F(PointInputTest, TrainingOnValidationHasAllSamplesOnce) {
  DataSplits splits = open(0.5);
  std::multiset<std::string> names;
  for (const auto& part : {splits.train, splits.val}) {
    for (int64_t i = 0; i < part->size(); ++i) names.insert(part->name(i));
  }
  train_on_validation(input_, splits);
  EXPECT_EQ(splits.val, nullptr);
  for (int64_t i = 0; i < splits.size(Split::train); ++i) names.erase(names.find(splits.train->name(i)));
  EXPECT_TRUE(names.empty());
}

TEST_F(PointInputTest, VotesDrawOtherPointsEachTime) {
  const auto drawn = input_.drawn_samples(open().train);
  std::vector<float> one(48), other(48), again(48);
  drawn->sample({1, 0, 2}, one.data());
  drawn->sample({1, 1, 2}, other.data());
  drawn->sample({1, 0, 2}, again.data());
  EXPECT_TRUE(input_.draws_samples());
  EXPECT_NE(one, other);
  EXPECT_EQ(one, again);
}

std::set<std::array<float, 3>> set_of(std::span<const float> xyz) {
  std::set<std::array<float, 3>> points;
  for (size_t i = 0; i < xyz.size(); i += 3) points.insert({xyz[i], xyz[i + 1], xyz[i + 2]});
  return points;
}

TEST_F(PointInputTest, DrawingsShowPointsOfTheSample) {
  const DataSplits splits = open();
  std::vector<float> input(48);
  input_.samples(splits.train, 0)->sample({0, 0, 1}, input.data());
  const Drawing thumbnail = input_.thumbnail(*splits.train, 1), portrait = input_.portrait(input, 5);
  EXPECT_EQ(set_of(thumbnail.points), set_of(input));
  EXPECT_EQ(set_of(portrait.points), set_of(input));
  ASSERT_EQ(portrait.patch_centers.size(), 15u);
  EXPECT_TRUE(std::ranges::includes(set_of(input), set_of(portrait.patch_centers)));
  EXPECT_EQ(set_of(portrait.patch_centers).size(), 5u);
  EXPECT_FALSE(portrait.image.has_value());
  const PointInput large(PointPreprocess{2048, true, 2048});
  EXPECT_EQ(std::ssize(large.thumbnail(*splits.train, 1).points), 3 * kThumbnailPoints);
}

TEST_F(PointInputTest, SettingsGoBeforeWhatTheWeightsSay) {
  const auto with = [&](const auto& change) {
    PreprocessSettings settings;
    change(settings);
    return dynamic_cast<const PointInput&>(*input_.with(settings)).preprocess();
  };
  EXPECT_EQ(with([](auto&) {}), input_.preprocess());
  EXPECT_EQ(with([](auto& s) { s.unit_sphere = false; }), (PointPreprocess{16, false, 32}));
  EXPECT_EQ(with([](auto& s) { s.sample_points = 64; }), (PointPreprocess{16, true, 64}));
  // As many at least as the model takes.
  EXPECT_EQ(with([](auto& s) { s.sample_points = 4; }), (PointPreprocess{16, true, 16}));
  EXPECT_EQ(input_.spec({}).sample_points, 32);
  const auto expect_refused = [&](std::string_view part, const auto& change) {
    expect_part(error_text([&] { with(change); }), part);
  };
  expect_refused("sample_points: expected 1 to", [](auto& s) { s.sample_points = 1 << 21; });
  constexpr std::string_view kOther = "expected no options of images with it";
  expect_refused(kOther, [](auto& s) { s.preset = "clip"; });
  expect_refused(kOther, [](auto& s) { s.interpolation = Interpolation::bicubic; });
  expect_refused(kOther, [](auto& s) { s.crop = Crop::center; });
  expect_refused(kOther, [](auto& s) { s.crop_pct = 0.9; });
  expect_refused(kOther, [](auto& s) { s.mean = {0, 0, 0}; });
  expect_refused(kOther, [](auto& s) { s.std = {1, 1, 1}; });
}

TEST_F(PointInputTest, FilesThatCannotBeReadAreToldOf) {
  write("a/broken.xyz", 0);
  const DataSplits splits = open();
  EXPECT_EQ(splits.size(Split::train), 4);
  expect_part(splits.notes, "1 files skipped");
  expect_part(splits.notes, "broken.xyz");
  const auto numbers = std::make_shared<NumberedData>(std::vector<int32_t>{0, 1});
  expect_part(error_text([&] { input_.samples(numbers, 0); }), "expected a data set of point clouds");
}

}  // namespace
}  // namespace ax
