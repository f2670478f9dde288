// The backbone that comes with the program: the program as it is installed, over weights of a few thousand
// numbers that have the bundled ones' names.
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "adapterx/base/rng.h"
#include "generated_images.h"
#include "program.h"

namespace {

namespace fs = std::filesystem;
using namespace ax::testing;
using Json = nlohmann::json;

void write_clouds(const fs::path& folder, int each) {
  for (const char* name : {"disk", "rod"}) {
    fs::create_directories(folder / name);
    for (int i = 0; i < each; ++i) {
      const ax::Rng rng(1, static_cast<uint32_t>(i), ax::place_of(name));
      std::ofstream out(folder / name / (std::to_string(i) + ".xyz"));
      for (uint64_t k = 0; k < 120; ++k) out << rng.uniform(k) << (k % 3 == 2 ? "\n" : " ");
    }
  }
}

// installed/bin/adapterx and installed/share/adapterx/weights; images/ and clouds/ to train on.
class Bundled : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    // The program looks for weights three folders up: not in what others have in the folder of temporary
    // files.
    folder_ = fs::temp_directory_path() / ("ax_bundled_" + std::to_string(::getpid())) / "tests";
    write_images(folder_ / "images/train", kRedBlue, 12, 30, 1);
    write_images(folder_ / "images/test", kRedBlue, 4, 30, 2);
    write_clouds(folder_ / "clouds/train", 8);
    write_clouds(folder_ / "clouds/test", 3);
    install("installed", true);
    make_weights("dinov2_small", "images",
                 " width=24 depth=2 heads=2 patch_size=14 image_size=28 mlp_ratio=2");
    make_weights("point_small", "clouds",
                 " --model point_small width=24 depth=2 heads=2 mlp_ratio=2 points=32 groups=6 group_size=8");
    first_ = installed("train" + kRun + "--data " + path("images") + " --out " + path("first"));
    ASSERT_EQ(first_.code, 0) << first_.out;
  }
  static void TearDownTestSuite() { fs::remove_all(folder_.parent_path()); }

  static void install(const std::string& name, bool shared) {
    fs::create_directories(folder_ / name / "bin");
    fs::copy_file(AX_PROGRAM, folder_ / name / "bin/adapterx");
    if (shared) fs::create_directories(folder_ / name / "share/adapterx/weights");
  }

  static void make_weights(const std::string& name, const std::string& data, const std::string& sizes) {
    const Result trained =
        run("train --method full --data " + path(data) + " --out " + path(name) + sizes + kRun);
    ASSERT_EQ(trained.code, 0) << trained.out;
    const Result exported =
        run("export --weights " + path(name + "/best/adapter.safetensors") + " " + weights(name));
    ASSERT_EQ(exported.code, 0) << exported.out;
  }

  static std::string path(const std::string& name) { return (folder_ / name).string(); }
  static std::string weights(const std::string& name) {
    return path("installed/share/adapterx/weights/" + name + ".safetensors");
  }
  static std::string adapter(const std::string& of) { return path(of + "/best/adapter.safetensors"); }

  static Result installed(const std::string& arguments, const std::string& errors = "2>&1") {
    return run_program(path("installed/bin/adapterx"), arguments, "", errors);
  }

  // Trains and gives the settings that the run was made by.
  static std::string config_of(const std::string& name, const std::string& arguments) {
    const Result r = installed("train" + kRun + arguments + " --out " + path(name));
    EXPECT_EQ(r.code, 0) << arguments << "\n" << r.out;
    return read_text(path(name + "/config.toml"));
  }

  static void expect_in(const std::string& part, const std::string& text) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\nin:\n" << text;
  }
  static void expect_not_in(const std::string& part, const std::string& text) {
    EXPECT_EQ(text.find(part), std::string::npos) << part << "\nin:\n" << text;
  }

  static inline const std::string kRun = " epochs=1 lr=1e-2" + kTinyRun;
  static fs::path folder_;
  static Result first_;
};

fs::path Bundled::folder_;
Result Bundled::first_;

TEST_F(Bundled, TheFirstLineOfARunNamesIt) {
  EXPECT_TRUE(
      first_.out.starts_with("backbone: dinov2_small, bundled, at 112 px: " + weights("dinov2_small") +
                             " (--weights takes another, --image-size another size)\n"))
      << first_.out;
  const std::string config = read_text(path("first/config.toml"));
  expect_in("\nweights = \"" + weights("dinov2_small") + "\"\n", config);
  expect_in("\nimage_size = 112\n", config);
  const Result goes_on = installed("train --resume --out " + path("first"));
  EXPECT_EQ(goes_on.code, 0) << goes_on.out;
  expect_in("all 1 epochs are done", goes_on.out);
}

TEST_F(Bundled, AdaptersFindItByName) {
  const std::string of = " --adapter " + adapter("first"), given = " --weights " + weights("dinov2_small");
  const std::string images = " --json --quiet " + path("images/test/red");
  const Result found = installed("predict" + of + images);
  EXPECT_EQ(found.code, 0) << found.out;
  EXPECT_EQ(found.out, run("predict" + given + of + images).out);
  const std::string evaluation = "eval --data " + path("images") + of;
  expect_in("backbone: " + weights("dinov2_small") + "\n", installed(evaluation).out);
  EXPECT_EQ(installed(evaluation).code, 0);
  expect_in("over dinov2_small (" + weights("dinov2_small") + ")",
            installed("predict" + of + " " + path("images/test/red")).out);
}

TEST_F(Bundled, AnAdapterWhoseBackboneIsNotThereSaysWhereItWasLookedFor) {
  install("bare", false);
  const Result r = run_program(path("bare/bin/adapterx"),
                               "predict --adapter " + adapter("first") + " " + path("images/test/red"));
  EXPECT_EQ(r.code, 1) << r.out;
  expect_in(
      "expected the weights of its backbone `dinov2_small`, got none; looked for "
      "dinov2_small.safetensors in " +
          path("bare/bin/weights") + ", " + path("bare/share/adapterx/weights"),
      r.out);
}

TEST_F(Bundled, WithoutItsFileTheUserIsToldWhereItWasLookedFor) {
  install("empty", false);
  const Result r =
      run_program(path("empty/bin/adapterx"), "train --data " + path("images") + " --out " + path("never"));
  EXPECT_EQ(r.code, 2) << r.out;
  expect_in("looked for dinov2_small.safetensors in " + path("empty/bin/weights") + ", " +
                path("empty/share/adapterx/weights") + ", ",
            r.out);
  expect_in("give a checkpoint by --weights", r.out);
  EXPECT_FALSE(fs::exists(path("never")));
  const Result shown = run_program(path("empty/bin/adapterx"), "inspect");
  EXPECT_EQ(shown.code, 2);
  expect_in("no bundled backbone is there: looked for", shown.out);
}

TEST_F(Bundled, WhatIsSaidWins) {
  const std::string data = "--data " + path("images");
  std::ofstream(path("size.toml")) << "[model]\nimage_size = 42\n";
  std::ofstream(path("weights.toml")) << "[model]\nweights = \"" << weights("dinov2_small") << "\"\n";
  expect_in("\nimage_size = 56\n", config_of("said", data + " --image-size 56"));
  expect_in("\nimage_size = 42\n", config_of("filed", data + " --config " + path("size.toml")));
  expect_in("\nimage_size = 0\n", config_of("own", data + " --config " + path("weights.toml")));
  expect_in("\nimage_size = 0\n", config_of("given", data + " --weights " + weights("dinov2_small")));
}

TEST_F(Bundled, CloudsHaveAnother) {
  const std::string config = config_of("clouds_run", "--method dapt_x --data " + path("clouds"));
  expect_in("\nweights = \"" + weights("point_small") + "\"\n", config);
  expect_in("\nimage_size = 0\n", config);
  const Result r = installed("predict --adapter " + adapter("clouds_run") + " " + path("clouds/test/rod"));
  EXPECT_EQ(r.code, 0) << r.out;
  const Result features =
      installed("predict --features " + path("f.npz") + " " + path("clouds/test/rod/0.xyz"));
  EXPECT_EQ(features.code, 0) << features.out;
  expect_in("backbone: point_small, bundled: " + weights("point_small"), features.out);
}

TEST_F(Bundled, TheProgramsOwnFolderGoesFirst) {
  install("both", true);
  for (const char* folder : {"both/bin/weights", "both/share/adapterx/weights"}) {
    fs::create_directories(folder_ / folder);
    fs::copy_file(weights("dinov2_small"), folder_ / folder / "dinov2_small.safetensors");
  }
  const auto place = [&] {
    return run_program(path("both/bin/adapterx"),
                       "predict --features " + path("both.npz") + " " + path("images/test/red"))
        .out;
  };
  expect_in("px: " + path("both/bin/weights/dinov2_small.safetensors"), place());
  fs::remove_all(path("both/bin/weights"));
  expect_in("px: " + path("both/share/adapterx/weights/dinov2_small.safetensors"), place());
}

TEST_F(Bundled, FeaturesNeedNoWeights) {
  const std::string image = " " + path("images/test/red/0.ppm");
  EXPECT_EQ(installed("predict --quiet --features " + path("f.npz") + image).code, 0);
  EXPECT_EQ(installed("predict --quiet --weights " + weights("dinov2_small") +
                      " --image-size 112 --features " + path("g.npz") + image)
                .code,
            0);
  EXPECT_EQ(read_text(path("f.npz")), read_text(path("g.npz")));
  const Result classes = installed("predict" + image);
  EXPECT_EQ(classes.code, 1);
  expect_in("no classifier", classes.out);
}

TEST_F(Bundled, AModelFromScratchHasNone) {
  const std::string data = " --data " + path("images") + " --out ";
  const Result scratch = installed("train" + kTinyVit + "epochs=1" + data + path("scratch"));
  EXPECT_EQ(scratch.code, 0) << scratch.out;
  expect_not_in("backbone:", scratch.out);
  expect_in("\nweights = \"\"\n", read_text(path("scratch/config.toml")));
  const Result named = installed("train --model vit_tiny_patch16_32" + data + path("named"));
  EXPECT_EQ(named.code, 2);
  expect_in("model.weights: expected a checkpoint", named.out);
  const Result pretrain = installed("pretrain" + data + path("pretrain"));
  EXPECT_EQ(pretrain.code, 1);
  expect_in("model: expected weights, the name of a preset", pretrain.out);
}

TEST_F(Bundled, InspectWithoutFilesShowsBoth) {
  const Result r = installed("inspect --json", "");
  ASSERT_EQ(r.code, 0) << r.out;
  const Json files = Json::parse(r.out);
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0].at("file"), weights("point_small"));
  EXPECT_EQ(files[1].at("file"), weights("dinov2_small"));
}

TEST_F(Bundled, ASuiteNeedsNoWeights) {
  std::ofstream(path("suite.toml")) << "[suite]\n[common]\nepochs = 1\nbatch = 6\nwarmup_epochs = "
                                       "0\nprecision = \"fp32\"\n[tasks.colours]\n"
                                       "data = \""
                                    << path("images") << "\"\n[methods.linear_probe]\n";
  const std::string suite = "transfer --config " + path("suite.toml") + " --out " + path("suite");
  const Result r = installed(suite);
  EXPECT_EQ(r.code, 0) << r.out;
  EXPECT_TRUE(r.out.starts_with("backbone: dinov2_small, bundled, at 112 px: ")) << r.out;
  expect_in("\nimage_size = 112\n", read_text(path("suite/colours/linear_probe/seed-0/config.toml")));
  const Result other = installed(suite + "_56 --set common.image_size=56");
  EXPECT_EQ(other.code, 0) << other.out;
  expect_in("at 56 px", other.out);
  expect_in("\nimage_size = 56\n", read_text(path("suite_56/colours/linear_probe/seed-0/config.toml")));
}

// With the weights that are in the repository.
TEST_F(Bundled, AnInstallationHasThem) {
  const std::string prefix = path("prefix");
  ASSERT_EQ(std::system(("cmake --install " AX_BUILD " --prefix " + prefix + " >/dev/null").c_str()), 0);
  fs::remove_all(prefix + "/share/adapterx/weights/dinov2_small.safetensors");
  EXPECT_TRUE(fs::exists(prefix + "/share/adapterx/configs/transfer.toml"));
  const Result r = run_program(prefix + "/bin/adapterx",
                               "predict --features " + path("f.npz") + " " + path("clouds/test/rod"));
  EXPECT_EQ(r.code, 0) << r.out;
  expect_in(prefix + "/share/adapterx/weights/point_small.safetensors", r.out);
}

}  // namespace
