// The program on point clouds, as a user goes: pretrain, train, eval, predict, export, inspect, count; and
// the mistakes on the way.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "adapterx/base/rng.h"
#include "generated_images.h"
#include "program.h"

namespace {

namespace fs = std::filesystem;
using namespace ax::testing;
using Json = nlohmann::json;

const std::string kTinyPoints =
    " --model point_small width=24 depth=2 heads=2 mlp_ratio=2 points=32 groups=6 group_size=8" + kTinyRun;

// Clouds of 40 points in `folder`/NAME/0.xyz and so on: flat disks and upright rods.
void write_clouds(const fs::path& folder, int each, uint64_t seed) {
  for (const char* name : {"disk", "rod"}) {
    fs::create_directories(folder / name);
    const float width = *name == 'd' ? 1.0F : 0.1F, height = *name == 'd' ? 0.1F : 1.0F;
    for (int i = 0; i < each; ++i) {
      const ax::Rng rng(seed, static_cast<uint32_t>(i), ax::place_of(name));
      std::ofstream out(folder / name / (std::to_string(i) + ".xyz"));
      for (uint64_t k = 0; k < 120; ++k) {
        out << (k % 3 == 1 ? height : width) * (2 * rng.uniform(k) - 1) << (k % 3 == 2 ? "\n" : " ");
      }
    }
  }
}

// data/, a backbone pretrained on it in masked/, and dapt_x over that in adapted/: for so many steps that the
// running variances, which begin at 1, have come down to those of the small weights.
class Points : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = fs::temp_directory_path() / ("ax_points_" + std::to_string(::getpid()));
    write_clouds(folder_ / "data/train", 12, 1);
    write_clouds(folder_ / "data/test", 5, 2);
    masked_ = run("pretrain" + kTinyPoints + "epochs=1 --data " + path("data") + " --out " + path("masked"));
    ASSERT_EQ(masked_.code, 0) << masked_.out;
    adapted_ = run("train --method dapt_x --weights " + path("masked/backbone.safetensors") + kTinyRun +
                   "lr=3e-3 epochs=60 --data " + path("data") + " --out " + path("adapted"));
    ASSERT_EQ(adapted_.code, 0) << adapted_.out;
  }
  static void TearDownTestSuite() { fs::remove_all(folder_); }

  static std::string path(const std::string& name) { return (folder_ / name).string(); }
  static std::string adapter() {
    return " --adapter " + path("adapted/best/adapter.safetensors") + " --weights " +
           path("masked/backbone.safetensors") + " --precision fp32 --threads 1 ";
  }
  static Json json(const std::string& arguments) {
    const Result r = run(arguments, "", "");
    EXPECT_EQ(r.code, 0) << arguments << "\n" << r.out;
    return Json::parse(r.out);
  }
  static void expect_failure(int code, const std::string& arguments, const std::string& text) {
    const Result r = run(arguments);
    EXPECT_EQ(r.code, code) << arguments << "\n" << r.out;
    EXPECT_NE(r.out.find(text), std::string::npos) << arguments << "\n" << r.out;
  }

  static fs::path folder_;
  static Result masked_, adapted_;
};

fs::path Points::folder_;
Result Points::masked_, Points::adapted_;

TEST_F(Points, PretrainingWritesABackboneAndSpeaksOfClouds) {
  EXPECT_NE(masked_.out.find("19 clouds, 15 of validation and test unused"), std::string::npos)
      << masked_.out;
  EXPECT_EQ(masked_.out.find("images"), std::string::npos) << masked_.out;
  EXPECT_EQ(masked_.out.find("%  val"), std::string::npos) << masked_.out;
  EXPECT_NE(masked_.out.find(path("masked/backbone.safetensors")), std::string::npos) << masked_.out;
  const Json j = json("inspect --json " + path("masked/backbone.safetensors"));
  EXPECT_EQ(Json::parse(j.at("metadata").at("adapterx.model").get<std::string>()).at("classes"), 0);
  for (const auto& tensor : j.at("tensors")) {
    const std::string name = tensor.at("name");
    EXPECT_FALSE(name.starts_with("decoder") || name.starts_with("head") || name == "mask_token") << name;
  }
  EXPECT_FALSE(Json::parse(read_text(path("masked/result.json"))).contains("accuracy"));
}

TEST_F(Points, EvaluationAgreesWithTheRunsTest) {
  EXPECT_EQ(adapted_.out.find("images"), std::string::npos) << adapted_.out;
  const Json facts = Json::parse(read_text(path("adapted/result.json")));
  const Json j = json("eval --json" + adapter() + "--data " + path("data"));
  EXPECT_EQ(j.at("images"), 10);
  EXPECT_EQ(j.at("votes"), 0);
  EXPECT_EQ(j.at("classes"), Json({"disk", "rod"}));
  EXPECT_EQ(j.at("accuracy"), facts.at("accuracy"));
  EXPECT_GE(j.at("accuracy"), 0.8);
  const Result text = run("eval" + adapter() + "--data " + path("data"));
  EXPECT_NE(text.out.find(" of 10 clouds, loss "), std::string::npos) << text.out;
}

TEST_F(Points, ADryRunSpeaksOfClouds) {
  const std::string run_it = " --dry-run epochs=2 --data " + path("data") + kTinyRun;
  const Result adapted =
      run("train --method dapt_x --weights " + path("masked/backbone.safetensors") + run_it, "COLUMNS=300");
  EXPECT_EQ(adapted.code, 0) << adapted.out;
  EXPECT_NE(adapted.out.find("19 clouds for training, 5 for validation, 10 for the test; 2 classes"),
            std::string::npos)
      << adapted.out;
  EXPECT_EQ(adapted.out.find("images"), std::string::npos) << adapted.out;
  const Result masked = run("pretrain" + kTinyPoints + run_it, "COLUMNS=300");
  EXPECT_EQ(masked.code, 0) << masked.out;
  EXPECT_NE(masked.out.find("evaluation  none\n"), std::string::npos) << masked.out;
}

TEST_F(Points, VotesAreSaidAndRepeatable) {
  const auto loss = [&](const std::string& options) {
    const Json j = json("eval --json" + adapter() + options + " --data " + path("data"));
    return std::pair(j.at("votes").get<int>(), j.at("loss").get<double>());
  };
  const auto three = loss("--votes 3");
  EXPECT_EQ(three.first, 3);
  EXPECT_EQ(three, loss("--votes 3 --batch 4"));
  EXPECT_NE(three.second, loss("--votes 3 --vote-seed 1").second);
  EXPECT_NE(three.second, loss("").second);
  const Result text = run("eval --votes 3" + adapter() + "--data " + path("data"));
  EXPECT_NE(text.out.find("10 clouds, by 3 votes"), std::string::npos) << text.out;
}

TEST_F(Points, PredictsShapesAndSkipsTheBroken) {
  const std::string rod = path("data/test/rod/0.xyz"), disk = path("data/test/disk/1.xyz");
  const Result both = run("predict --json --quiet" + adapter() + rod + " " + disk, "", "");
  ASSERT_EQ(both.code, 0) << both.out;
  const Json first = Json::parse(both.out.substr(0, both.out.find('\n')));
  EXPECT_EQ(first.at("file"), rod);
  EXPECT_EQ(first.at("top").at(0).at("name"), "rod");
  EXPECT_NE(both.out.find(disk), std::string::npos) << both.out;

  fs::copy(path("data/test/disk"), path("mixed"));
  std::ofstream(path("mixed/2.xyz")) << "0 0 0\n1 2 x\n";
  std::ofstream(path("mixed/notes.md")) << "no shape";
  const Result mixed = run("predict --quiet" + adapter() + path("mixed"));
  EXPECT_EQ(mixed.code, 1) << mixed.out;
  EXPECT_NE(mixed.out.find("mixed/2.xyz:2: expected a finite coordinate, got `x`"), std::string::npos)
      << mixed.out;
  EXPECT_NE(mixed.out.find("1 of 5 files skipped"), std::string::npos) << mixed.out;
  EXPECT_NE(mixed.out.find("mixed/4.xyz"), std::string::npos) << mixed.out;

  const std::string features = "predict --features " + path("f.npz") + " --weights ";
  EXPECT_EQ(run(features + path("masked/backbone.safetensors") + " " + rod).code, 0);
  expect_failure(1, "predict --weights " + path("masked/backbone.safetensors") + " " + rod, "--features");
}

TEST_F(Points, MaskedPretrainingGoesOnOverACheckpoint) {
  const Result r = run("pretrain --weights " + path("masked/backbone.safetensors") + kTinyRun +
                       "epochs=1 --data " + path("data") + " --out " + path("further"));
  ASSERT_EQ(r.code, 0) << r.out;
  EXPECT_EQ(json("inspect --json " + path("further/backbone.safetensors")).at("architecture"),
            json("inspect --json " + path("masked/backbone.safetensors")).at("architecture"));
}

TEST_F(Points, ExportsInHalfTheSize) {
  const std::string from = path("masked/backbone.safetensors"), to = path("half.safetensors");
  ASSERT_EQ(run("export --bf16 --weights " + from + " " + to).code, 0);
  EXPECT_LT(100 * fs::file_size(to), 55 * fs::file_size(from));
  const Json j = json("inspect --json " + to), whole = json("inspect --json " + from);
  EXPECT_EQ(j.at("architecture"), whole.at("architecture"));
  EXPECT_EQ(j.at("parameters"), whole.at("parameters"));
  const Result r = run("train --method linear_probe --weights " + to + kTinyRun + "epochs=1 --data " +
                       path("data") + " --out " + path("over_half"));
  EXPECT_EQ(r.code, 0) << r.out;
}

TEST_F(Points, CountsAsPublished) {
  const auto total = [](const std::string& method) {
    return json("count --json --model point_mae --classes 15 --method " + method).at("total");
  };
  EXPECT_EQ(total("dapt"), 1'087'771);
  EXPECT_EQ(total("dapt_x"), 415'031);
  EXPECT_NE(run("count --model point_mae --classes 15 --method dapt").out.find("1,087,771"),
            std::string::npos);
}

// What follows a command of a shell so that SIGINT stops it once the log in `out` has so many epochs.
std::string interrupted_after(int epochs, const std::string& out) {
  return "2>&1 & until test $(cat " + out + "/log.jsonl 2>/dev/null | wc -l) -ge " + std::to_string(epochs) +
         " || ! kill -0 $! 2>/dev/null; do sleep 0.01; done; kill -INT $!; wait $!";
}

// Stopped by SIGINT again and again, then left to its end, a run gives what it gives in one go.
TEST_F(Points, InterruptedRunsGoOnToTheSameBits) {
  const std::string pretrain = "pretrain" + kTinyPoints + "epochs=40 --data " + path("data");
  const std::string train = "train --method dapt_x --weights " + path("masked/backbone.safetensors") +
                            kTinyRun + "epochs=40 --data " + path("data");
  const std::tuple<std::string, std::string, std::string> cases[] = {
      {pretrain, "hidden", "backbone.safetensors"}, {train, "shown", "best/adapter.safetensors"}};
  for (const auto& [command, name, file] : cases) {
    ASSERT_EQ(run(command + " --out " + path(name)).code, 0);
    const std::string parts = command + " --resume --out " + path(name + "_parts");
    std::string said;
    for (const int epochs : {2, 5, 9})
      said += run(parts, "", interrupted_after(epochs, path(name + "_parts"))).out;
    const std::string hint = "stopped; go on with: adapterx " + command.substr(0, command.find(' ')) +
                             " --resume --out " + path(name + "_parts") + "\n";
    EXPECT_NE(said.find(hint), std::string::npos) << said;
    const Result rest = run(parts);
    ASSERT_EQ(rest.code, 0) << rest.out;
    EXPECT_NE(rest.out.find("resumed at epoch "), std::string::npos) << rest.out;
    EXPECT_TRUE(read_text(path(name + "_parts/" + file)) == read_text(path(name + "/" + file))) << name;
  }
  // `train --resume` writes the backbone of a masked pretraining, too.
  fs::remove(path("hidden/backbone.safetensors"));
  ASSERT_EQ(run("train --resume --out " + path("hidden")).code, 0);
  EXPECT_TRUE(fs::exists(path("hidden/backbone.safetensors")));
}

TEST_F(Points, SaysWhatIsWrong) {
  const std::string data = " --data " + path("data"), out = " --out " + path("wrong");
  const std::string full = "train --method full" + kTinyPoints + "epochs=1" + out;
  write_images(folder_ / "images/train", kRedBlue, 2, 20, 1);
  write_images(folder_ / "images/test", kRedBlue, 2, 20, 1);
  const std::tuple<int, std::string, std::string> cases[] = {
      {1, full + " --data " + path("nowhere"), path("nowhere") + ": no such file or folder"},
      {1, full + " --data " + path("images"), "but images, which take a model of images"},
      {1, "train --model vit_tiny_patch16_224 --method full" + data + out,
       "but 3D shapes, which take a model"},
      {1, "baseline" + data, "but 3D shapes, which take a model"},
      {1, "baseline --data " + path("f.npz"), ".npz files hold point clouds"},
      {1, full + data + " format=folder", "data format `folder`: expected auto, scanobjectnn"},
      {2, full + data + " format=shaps", "did you mean `shapes`?"},
      {1, full + data + " variant=OBJ_BG", "variant `OBJ_BG`: data of format shapes have no variants"},
      {1, full + data + " format=scanobjectnn variant=OBJ_BGG", "did you mean `OBJ_BG`?"},
      {1, "train --model point_smal --method full" + data + out, "did you mean `point_small`?"},
      {1, "pretrain" + data + out, "but 3D shapes, which take a model of point clouds"},
      {2, "pretrain --model point_smal" + data + out, "did you mean `point_small`?"},
      {2, full + data + " gruops=3", "did you mean `groups`?"},
      {1, full + data + " groups=99", "groups and their sizes from 1 to 32 points, got 99"},
      {1, full + data + " batch=1", "a larger batch"},
      {1, "eval" + adapter() + "--data " + path("images"), "but images, which take a model of images"},
      {2, "eval" + adapter() + "--format modlnet" + data, "did you mean `modelnet`?"},
      {1, "predict" + adapter() + path("images"), "shapes"},
      {2, "count --model point_mea", "did you mean `point_mae`?"},
  };
  std::ofstream(path("f.npz")) << "PK";
  for (const auto& [code, arguments, text] : cases) expect_failure(code, arguments, text);
  EXPECT_FALSE(fs::exists(path("wrong")));
}

}  // namespace
