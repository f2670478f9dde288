#include "adapterx/data/images/load_images.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "adapterx/base/error.h"
#include "adapterx/io/tensors/safetensors.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

const fs::path kImages = fs::path(AX_TESTS) / "images";

// The pipelines of tools/make_pipeline_golden.py.
Preprocess pipeline(const std::string& name) {
  Preprocess p = preprocess_preset(name == "vtab"                   ? "none"
                                   : name.find("half") != name.npos ? "half"
                                                                    : "imagenet");
  p.size = 32;
  if (name == "timm_half_squash_bilinear_1") {
    p.crop = Crop::squash;
    p.interpolation = Interpolation::bilinear;
  }
  if (name == "torchvision_40_32_bilinear") {
    p.crop_pct = 0.8;
    p.interpolation = Interpolation::bilinear;
  }
  return p;
}

TEST(LoadImages, EqualsTimmAndTorchvision) {
  const TensorFile golden = read_safetensors(fs::path(AX_GOLDEN) / "pipelines.safetensors");
  ASSERT_EQ(golden.tensors().size(), 20u);
  for (const auto& [key, tensor] : golden.tensors()) {
    const size_t bar = key.find('|');
    ImageLoadOptions options;
    options.preprocess = pipeline(key.substr(bar + 1));
    const std::vector<float> want = golden.f32(key);
    std::vector<float> got(want.size());
    load_image(kImages / key.substr(0, bar), options, got);
    // Versions of libjpeg-turbo may differ by one step of 255.
    const float step = key.find(".jpg") == key.npos ? 0 : 1.01f / 255 / options.preprocess.std[2];
    for (size_t i = 0; i < want.size(); ++i) ASSERT_NEAR(got[i], want[i], step + 1e-6f) << key << " at " << i;
  }
}

TEST(PlanResize, KeepsTheRatioAndCropsTheMiddle) {
  Preprocess p;  // 224 of 256
  const auto wide = plan_resize(p, 375, 500);
  EXPECT_EQ(wide.resized_height, 256);
  EXPECT_EQ(wide.resized_width, 341);  // floor(256 * 500 / 375)
  EXPECT_EQ(wide.window->y, 16);
  EXPECT_EQ(wide.window->x, 58);  // round(58.5), half to even
  const auto tall = plan_resize(p, 500, 375);
  EXPECT_EQ(tall.resized_height, 341);
  EXPECT_EQ(tall.window->y, 58);
}

TEST(LoadImages, ReportsWhatFailsAndZeroesItsInput) {
  ImageLoadOptions options;
  options.preprocess.size = 8;
  const std::vector<fs::path> files = {kImages / "420.jpg", "/nonexistent.jpg",
                                       kImages / "expected.safetensors", kImages / "rgb_8.png"};
  std::vector<float> out(4 * 3 * 8 * 8, 7.0f);
  const std::vector<std::string> errors = load_images(files, options, out);
  EXPECT_EQ(errors[0], "");
  EXPECT_EQ(errors[1], "/nonexistent.jpg: cannot open: No such file or directory");
  EXPECT_NE(errors[2].find("expected.safetensors"), std::string::npos);
  EXPECT_EQ(errors[3], "");
  const auto is_zero = [](float x) { return x == 0; };
  EXPECT_TRUE(std::all_of(out.begin() + 192, out.begin() + 3 * 192, is_zero));
  EXPECT_FALSE(std::all_of(out.begin(), out.begin() + 192, is_zero));
  EXPECT_THROW(load_images(files, options, std::span(out).first(10)), Error);
}

TEST(LoadImages, ScaledJpegsAreCloseButNotEqual) {
  ImageLoadOptions options;
  options.preprocess = preprocess_preset("none");
  options.preprocess.size = 29;
  std::vector<float> whole(3 * 29 * 29), scaled(whole.size());
  load_image(kImages / "large.jpg", options, whole);
  options.scaled_jpeg = true;
  load_image(kImages / "large.jpg", options, scaled);
  EXPECT_NE(whole, scaled);
  double difference = 0;
  for (size_t i = 0; i < whole.size(); ++i) difference += std::abs(static_cast<double>(whole[i] - scaled[i]));
  EXPECT_LT(difference / static_cast<double>(whole.size()), 0.1);
}

TEST(FindImages, WalksFoldersInOrderAndNamesWhatIsMissing) {
  const fs::path folder = fs::temp_directory_path() / fmt::format("ax_find_images_{}", ::getpid());
  fs::create_directories(folder / "b");
  for (const char* name : {"b/2.JPG", "b/1.png", "a.webp", "notes.txt"}) std::ofstream{folder / name};
  const std::vector<fs::path> paths = {folder,
                                       folder / "notes.txt"};  // a file given by name is taken as it is
  EXPECT_EQ(find_images(paths), (std::vector<fs::path>{folder / "a.webp", folder / "b/1.png",
                                                       folder / "b/2.JPG", folder / "notes.txt"}));
  fs::remove(folder / "b/1.png");
  fs::remove(folder / "b/2.JPG");
  const std::vector<fs::path> empty = {folder / "b"}, missing = {folder / "c"};
  EXPECT_THROW(find_images(empty), Error);
  EXPECT_THROW(find_images(missing), Error);
  fs::remove_all(folder);
}

TEST(Preprocess, NamesTheNearest) {
  EXPECT_THROW(preprocess_preset("hlaf"), Error);
  EXPECT_THROW(parse_crop("centre"), Error);
  EXPECT_THROW(parse_interpolation("cubic"), Error);
  Preprocess p;
  p.std[1] = 0;
  EXPECT_THROW(check(p), Error);
  EXPECT_EQ(to_string(preprocess_preset("half")),
            "224 px, bicubic, center crop of 0.9, mean [0.5, 0.5, 0.5], std [0.5, 0.5, 0.5]");
}

}  // namespace
}  // namespace ax
