// What a run on point clouds leaves for its report: the evaluated clouds, with the experts of their patches.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "program.h"

namespace {

namespace fs = std::filesystem;
using ax::testing::Result;
using ax::testing::run;
using nlohmann::json;

constexpr size_t kPoints = 64, kPatches = 8, kDepth = 2, kExperts = 4, kHeads = 2;

// A box of sides drawn around those of its class.
void write_cloud(const fs::path& path, int c, std::mt19937& random) {
  std::uniform_real_distribution<double> unit(0, 1);
  double side[3];
  for (int axis = 0; axis < 3; ++axis) side[axis] = (axis == c ? 1 : 0.2) * (0.8 + 0.4 * unit(random));
  std::ofstream out(path);
  for (size_t i = 0; i < kPoints + 20; ++i) {
    for (int axis = 0; axis < 3; ++axis) out << side[axis] * unit(random) << (axis < 2 ? " " : "\n");
  }
}

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class CloudReport : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = fs::temp_directory_path() / ("ax_cloud_report_" + std::to_string(::getpid()));
    std::mt19937 random(3);
    for (const char* split : {"train", "test"}) {
      for (int c = 0; c < 3; ++c) {
        const fs::path place = folder_ / "data" / split / std::string(1, static_cast<char>('a' + c));
        fs::create_directories(place);
        for (int i = 0; i < 12; ++i) write_cloud(place / (std::to_string(i) + ".xyz"), c, random);
      }
    }
    const Result r =
        run("train --model point_small --method full " + settings() +
            "points=64 groups=8 group_size=8 width=24 depth=2 model.heads=2 --out " + path("backbone"));
    ASSERT_EQ(r.code, 0) << r.out;
  }
  static void TearDownTestSuite() { fs::remove_all(folder_); }

  static std::string path(const std::string& name) { return (folder_ / name).string(); }
  static std::string settings() {
    return "--data " + path("data") + " epochs=1 batch=8 warmup_epochs=0 precision=fp32 threads=1 ";
  }
  static json findings(const std::string& method, const std::string& more = "") {
    const std::string out = path("run_" + method);
    const Result r = run("train --weights " + path("backbone/best/adapter.safetensors") + " --method " +
                         method + " " + settings() + more + " --out " + out);
    EXPECT_EQ(r.code, 0) << r.out;
    EXPECT_EQ(run("report " + out).code, 0);
    EXPECT_EQ(json::parse(read(out + "/result.json")).at("samples"), "clouds");
    return json::parse(read(out + "/report_data.json"));
  }

  static fs::path folder_;
};

fs::path CloudReport::folder_;

size_t bytes_of(const std::string& base64) {
  return base64.size() / 4 * 3 - static_cast<size_t>(std::ranges::count(base64, '='));
}

TEST_F(CloudReport, HasTheExpertOfEveryPatchInEveryBlock) {
  const json f = findings("adaptformer_x", "experts=4 method.heads=2 prompts=true");
  ASSERT_EQ(f.at("confusion").size(), 3u);
  EXPECT_TRUE(f.at("routing").empty());
  ASSERT_FALSE(f.at("clouds").empty());
  for (const json& cloud : f.at("clouds")) {
    EXPECT_TRUE(fs::exists(cloud.at("name").get<std::string>())) << cloud.at("name");
    EXPECT_EQ(bytes_of(cloud.at("points")), 4 * kPoints);
    EXPECT_EQ(bytes_of(cloud.at("patch")), 2 * kPoints);
    EXPECT_EQ(cloud.at("patches"), kPatches);
    EXPECT_EQ(cloud.at("heads"), kHeads);
    EXPECT_EQ(cloud.at("experts"), kExperts);
    ASSERT_EQ(cloud.at("blocks").size(), kDepth);
    for (size_t block = 0; block < kDepth; ++block) {
      EXPECT_EQ(bytes_of(cloud.at("blocks")[block]), (1 + block + kPatches) * kHeads)
          << "class token, a prompt of each block before, patches";
    }
  }
}

TEST_F(CloudReport, ShowsMistakesAndRightOnes) {
  const json f = findings("linear_probe");
  int64_t wrong = 0;
  for (size_t i = 0; i < 3; ++i) {
    for (size_t j = 0; j < 3; ++j) wrong += i == j ? 0 : f.at("confusion")[i][j].get<int64_t>();
  }
  EXPECT_EQ(std::ssize(f.at("mistakes")), std::min<int64_t>(wrong, 24));
  for (const json& mistake : f.at("mistakes")) {
    EXPECT_NE(mistake.at("truth"), mistake.at("predicted"));
    EXPECT_EQ(bytes_of(mistake.at("points")), 4 * kPoints);
  }
  int64_t wrong_clouds = 0;
  for (const json& cloud : f.at("clouds")) {
    wrong_clouds += cloud.at("truth") != cloud.at("predicted") ? 1 : 0;
    EXPECT_EQ(cloud.at("experts"), 0);
    EXPECT_TRUE(cloud.at("blocks").empty());
  }
  EXPECT_EQ(wrong_clouds > 0, wrong > 0);
  EXPECT_LE(f.at("clouds").size(), 8u);
}

}  // namespace
