// `adapterx predict` on checkpoints of tests/golden/families and images of tests/images.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "adapterx/io/tensors/npy.h"
#include "program.h"

namespace {

namespace fs = std::filesystem;
using ax::testing::Result;
using ax::testing::run;

const std::string kFamilies = std::string(AX_TESTS) + "/golden/families/";
const std::string kImages = std::string(AX_TESTS) + "/images/";
const std::string kVit =
    "predict --quiet --precision fp32 --weights " + kFamilies + "timm_vit/model.safetensors --heads 3 ";

class Predict : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("ax_predict_" + std::to_string(::getpid()));
    fs::create_directory(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  fs::path folder_;
};

std::vector<nlohmann::json> lines(const std::string& text) {
  std::vector<nlohmann::json> all;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) all.push_back(nlohmann::json::parse(line));
  return all;
}

TEST_F(Predict, ProbabilitiesOfAllClassesSumToOneAndFall) {
  const Result r = run(kVit + "--json --top-k 7 " + kImages + "420.jpg " + kImages + "8_os2.bmp");
  ASSERT_EQ(r.code, 0) << r.out;
  const auto all = lines(r.out);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].at("file"), kImages + "420.jpg");
  for (const auto& line : all) {
    double sum = 0, last = 1;
    for (const auto& entry : line.at("top")) {
      const double p = entry.at("probability");
      EXPECT_LE(p, last);
      last = p;
      sum += p;
    }
    EXPECT_NEAR(sum, 1, 1e-6);
  }
}

TEST_F(Predict, BatchesGiveWhatSingleImagesGive) {
  const std::string images = kImages + "420.jpg " + kImages + "444.jpg " + kImages + "8_os2.bmp";
  const auto whole = lines(run(kVit + "--json --batch 3 " + images).out);
  const auto parts = lines(run(kVit + "--json --batch 2 " + images).out);
  ASSERT_EQ(whole.size(), 3u);
  ASSERT_EQ(parts.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(whole[i].at("file"), parts[i].at("file"));
    EXPECT_EQ(whole[i].at("top")[0].at("class"), parts[i].at("top")[0].at("class"));
    EXPECT_NEAR(whole[i].at("top")[0].at("probability").get<double>(),
                parts[i].at("top")[0].at("probability").get<double>(), 1e-5);
  }
}

TEST_F(Predict, UnreadableImagesAreSkippedAndTheExitCodeSaysSo) {
  std::ofstream(path("broken.jpg")) << "\xff\xd8\xff nothing";
  fs::copy_file(kImages + "420.jpg", path("good.jpg"));
  const Result r = run(kVit + "--features " + path("out.npz") + " " + folder_.string());
  EXPECT_EQ(r.code, 1);
  EXPECT_NE(r.out.find("broken.jpg"), std::string::npos) << r.out;
  EXPECT_NE(r.out.find("1 of 2 files skipped"), std::string::npos) << r.out;
  const ax::TensorFile features = ax::read_npz(ax::FileBytes::map(path("out.npz")));
  EXPECT_EQ(features.at("features").shape, (ax::Shape{1, 24}));
  EXPECT_EQ(features.at("logits").shape, (ax::Shape{1, 7}));
  const auto& files = features.at("files");
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(files.data.data()), files.data.size()),
            path("good.jpg"));
}

TEST_F(Predict, NamesItsClasses) {
  std::ofstream(path("names.txt")) << "a\nb\nc\nd\ne\nf\ng\n";
  const Result r = run(kVit + "--top-k 7 --classes " + path("names.txt") + " " + kImages + "420.jpg");
  EXPECT_EQ(r.code, 0);
  EXPECT_NE(r.out.find("  6  g\n"), std::string::npos) << r.out;
  std::ofstream(path("names.txt")) << "a\nb\n";
  const Result few = run(kVit + "--classes " + path("names.txt") + " " + kImages + "420.jpg");
  EXPECT_EQ(few.code, 1);
  EXPECT_NE(few.out.find("expected 7 class names, one a line, got 2"), std::string::npos) << few.out;
}

TEST_F(Predict, SaysWhatIsWrong) {
  const std::string image = " " + kImages + "420.jpg";
  const std::tuple<std::string, int, std::string> cases[] = {
      {"predict --model vit_tiny_patch16_224" + image, 2, "--weights is required"},
      {kVit, 2, "images is required"},
      {kVit + "--preprocess hlaf" + image, 2, "did you mean `half`?"},
      {kVit + "--model vit_bse_patch16_224" + image, 2, "did you mean `vit_base_patch16_224`?"},
      {kVit + "--model vit_tiny_patch16_224" + image, 1,
       "expected width 192 for model `vit_tiny_patch16_224`, got 24"},
      {kVit + "/nonexistent/x.jpg", 1, "/nonexistent/x.jpg: no such file or folder"},
      {"predict --weights /nonexistent.pth" + image, 1, "/nonexistent.pth: cannot open"},
      {"predict --weights " + kFamilies + "dinov2_hub.pth --heads 3" + image, 1, "no classifier"},
      {"predict --weights " + kFamilies + "clip_openai.pt --heads 3" + image, 1, "CLIP's projection"},
      {"predict --weights " + kFamilies + "dinov2_hub.pth" + image, 1, "give the number of heads"},
      {"predict --weights " + kFamilies + "../torch/nested.pt" + image, 1, "expected a vision transformer"},
      {"predict --weights " + kFamilies + "../torch/refuse_hostile.pt" + image, 1, "system"},
  };
  for (const auto& [arguments, code, text] : cases) {
    const Result r = run(arguments);
    EXPECT_EQ(r.code, code) << arguments << "\n" << r.out;
    EXPECT_NE(r.out.find(text), std::string::npos) << arguments << "\n" << r.out;
  }
}

TEST_F(Predict, PreprocessingCanBeOverridden) {
  const auto top = [&](const std::string& options) {
    return lines(run(kVit + "--json " + options + " " + kImages + "420.jpg").out).at(0).at("top").dump();
  };
  EXPECT_EQ(top(""), top("--preprocess half"));
  EXPECT_EQ(top("--preprocess none"), top("--preprocess half --crop squash --mean 0 0 0 --std 1 1 1"));
  EXPECT_NE(top(""), top("--preprocess imagenet"));
  EXPECT_NE(top(""), top("--image-size 48"));
}

}  // namespace
