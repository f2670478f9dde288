// Which backbone is taken where none is named, and in which folder it is found.
#include "adapterx/train/bundled_backbone.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "adapterx/base/error_text_test.h"
#include "adapterx/models/backbone.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

class BundledBackboneTest : public testing::Test {
 protected:
  BundledBackboneTest() : folder_(fs::temp_directory_path() / fmt::format("ax_bundled_{}", ::getpid())) {}
  ~BundledBackboneTest() override { fs::remove_all(folder_); }

  fs::path program() const { return folder_ / "build/release/bin/program"; }
  fs::path write(const std::string& name) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << "x";
    return folder_ / name;
  }
  DatasetSpec data(const std::string& name) const {
    DatasetSpec spec;
    spec.path = folder_ / name;
    return spec;
  }

  fs::path folder_;
};

TEST_F(BundledBackboneTest, NearerFoldersGoFirst) {
  const auto found = [&] { return find_bundled("w.safetensors", program()).value_or("none"); };
  EXPECT_EQ(found(), "none");
  for (const char* place : {"weights", "build/release/share/adapterx/weights", "build/release/bin/weights"}) {
    const fs::path file = write(std::string(place) + "/w.safetensors");
    EXPECT_EQ(found(), file);
  }
  fs::remove(folder_ / "build/release/bin/weights/w.safetensors");
  fs::create_directory(folder_ / "build/release/bin/weights/w.safetensors");  // no file
  EXPECT_EQ(found(), folder_ / "build/release/share/adapterx/weights/w.safetensors");
}

// An adapter, which may come from anywhere, names its backbone.
TEST_F(BundledBackboneTest, ANameIsNoPath) {
  const fs::path secret = write("secret.safetensors");
  fs::create_directories(folder_ / "weights");
  EXPECT_EQ(find_bundled("../secret.safetensors", program()), std::nullopt);
  EXPECT_EQ(find_bundled(secret.string(), program()), std::nullopt);
  EXPECT_EQ(find_bundled("", program()), std::nullopt);
  EXPECT_EQ(find_bundled("..", program()), std::nullopt);
}

TEST_F(BundledBackboneTest, TheDataSayWhichOne) {
  write("clouds/chair/1.off");
  write("photos/cat/1.png");
  for (const BackboneFamily* family : backbone_families()) {
    const fs::path file = write("weights/" + std::string(family->bundled().file));
    ModelConfig model;
    const bool of_clouds = family != backbone_families().back();
    const auto choice = choose_bundled(model, data(of_clouds ? "clouds" : "photos"), program());
    ASSERT_TRUE(choice.has_value());
    EXPECT_EQ(model.weights, file.string());
    EXPECT_EQ(model.image_size, of_clouds ? 0 : 112);
    EXPECT_EQ(choice->resized, !of_clouds);
    expect_part(choice->text, file.string());
  }
}

TEST_F(BundledBackboneTest, WhatIsNamedStays) {
  write("weights/dinov2_small.safetensors");
  ModelConfig sized;
  sized.image_size = 56;
  const auto choice = choose_bundled(sized, data("photos"), program());
  EXPECT_EQ(sized.image_size, 56);
  ASSERT_TRUE(choice.has_value());
  expect_part(choice->text, "at 56 px");
  const auto named = [&](const auto& name) {
    ModelConfig model;
    name(model);
    const std::string weights = model.weights;
    EXPECT_EQ(choose_bundled(model, data("photos"), program()), std::nullopt);
    EXPECT_EQ(model.weights, weights);
    EXPECT_EQ(model.image_size, 0);
  };
  named([](ModelConfig& m) { m.name = "vit_tiny_patch16_224"; });
  named([](ModelConfig& m) { m.weights = "w"; });
  named([](ModelConfig& m) { m.width = 24; });
  named([](ModelConfig& m) { m.depth = 2; });
  named([](ModelConfig& m) { m.heads = 2; });
  named([](ModelConfig& m) { m.patch_size = 4; });
  named([](ModelConfig& m) { m.mlp_ratio = 2; });
}

TEST_F(BundledBackboneTest, AMissingFileIsAnErrorThatNamesThePlaces) {
  ModelConfig model;
  const std::string text = error_text([&] { choose_bundled(model, data("photos"), program()); });
  for (const char* place : {"weights", "build/release/share/adapterx/weights", "build/release/bin/weights"}) {
    expect_part(text, (folder_ / place).string());
  }
  expect_part(text, "dinov2_small.safetensors");
  EXPECT_TRUE(model.weights.empty());
}

}  // namespace
}  // namespace ax
