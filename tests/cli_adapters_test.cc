// From a backbone to answers: train, export, train adapters over it, eval, and `predict` with one or several.
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "generated_images.h"
#include "program.h"

namespace {

namespace fs = std::filesystem;
using namespace ax::testing;
using Json = nlohmann::json;

class Adapters : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = fs::temp_directory_path() / ("ax_adapters_" + std::to_string(::getpid()));
    for (const auto& [name, classes] : {std::pair{"two", kRedBlue}, {"three", kMuted}}) {
      write_images(folder_ / name / "train", classes, 18, 30, 1);
      write_images(folder_ / name / "test", classes, 12, 30, 2);
    }
    train("whole", "two", kTinyVit + "epochs=2");
    train("whole_2", "two", kTinyVit + "epochs=1 seed=5");
    export_backbone("whole", "backbone");
    export_backbone("whole_2", "other");
    const std::string over = " --weights " + path("backbone.safetensors") + kTinyRun + "epochs=10 lr=1e-2 ";
    const std::string adapter_x = over + "--method adapter_x experts=2 rank=2 ";
    train("a", "two", adapter_x);
    train("b", "three", adapter_x);
    train("larger", "three", adapter_x + "image_size=32");
    train("probe", "two", over + "--method linear_probe");
    train("lora", "two", over + "--method lora rank=2");
  }
  static void TearDownTestSuite() { fs::remove_all(folder_); }

  static void train(const std::string& name, const std::string& data, const std::string& options) {
    const Result r = run("train --data " + path(data) + " --out " + path(name) + options);
    ASSERT_EQ(r.code, 0) << r.out;
  }

  static void export_backbone(const std::string& of, const std::string& name) {
    const Result r = run("export --weights " + adapter(of) + " " + path(name + ".safetensors"));
    ASSERT_EQ(r.code, 0) << r.out;
  }

  static std::string path(const std::string& name) { return (folder_ / name).string(); }
  static std::string adapter(const std::string& of) { return path(of + "/best/adapter.safetensors"); }
  static std::string weights(const std::string& name = "backbone") {
    return " --weights " + path(name + ".safetensors") + " ";
  }

  // One object an image and adapter, in the order printed.
  static std::vector<Json> predict(const std::string& arguments) {
    const Result r = run("predict --json --quiet --precision fp32 " + arguments, "", "");
    EXPECT_EQ(r.code, 0) << arguments << "\n" << r.out;
    std::vector<Json> all;
    std::istringstream in(r.out);
    for (std::string line; std::getline(in, line);) all.push_back(Json::parse(line));
    return all;
  }

  static void expect_failure(const std::string& arguments, int code, const std::string& text) {
    const Result r = run("predict --precision fp32 " + arguments);
    EXPECT_EQ(r.code, code) << arguments << "\n" << r.out;
    EXPECT_NE(r.out.find(text), std::string::npos) << arguments << "\n" << r.out;
  }

  // `of` answers alone on `images`; printed where several answer, its lines name it.
  static std::vector<Json> expected(const std::string& of, const std::string& images) {
    std::vector<Json> all = predict(weights() + "--adapter " + adapter(of) + " " + images);
    for (Json& line : all) {
      EXPECT_FALSE(line.contains("adapter"));
      line["adapter"] = adapter(of);
    }
    return all;
  }

  static fs::path folder_;
};

fs::path Adapters::folder_;

std::vector<Json> joined(std::vector<Json> a, const std::vector<Json>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST_F(Adapters, PredictGivesTheConfusionThatEvalCounts) {
  for (const std::string name : {"b", "larger"}) {
    const Result e =
        run("eval --json --precision fp32 --adapter " + adapter(name) + weights() + "--data " + path("three"),
            "", "");
    ASSERT_EQ(e.code, 0) << e.out;
    const Json j = Json::parse(e.out);
    EXPECT_GT(j.at("accuracy").get<double>(), 0.5) << e.out;
    std::vector<int64_t> confusion(9);
    for (size_t c = 0; c < 3; ++c) {
      EXPECT_EQ(j.at("classes")[c], kMuted[c].name);
      const auto answers =
          predict(weights() + "--adapter " + adapter(name) + " " + path("three/test/" + kMuted[c].name));
      EXPECT_EQ(answers.size(), 12u);
      for (const Json& answer : answers) {
        const Json& top = answer.at("top")[0];
        const auto predicted = top.at("class").get<size_t>();
        EXPECT_EQ(top.at("name"), kMuted.at(predicted).name);
        ++confusion[3 * c + predicted];
      }
    }
    EXPECT_EQ(j.at("confusion"), Json(confusion)) << name;
  }
}

TEST_F(Adapters, SeveralOverOneBackboneAnswerAsEachAlone) {
  const std::string some = path("two/test/red"), others = path("three/test/rose/1.ppm");
  // Of two and three classes, of images of 16 and of 32 pixels, and of two methods.
  const std::string with = " --with ", two = path("two/test/blue/0.ppm");
  const auto together =
      predict(weights() + with + adapter("a") + " " + some + " " + others + with + adapter("b") + " " +
              others + with + adapter("larger") + " " + others + with + adapter("probe") + " " + two);
  const auto alone = joined(joined(expected("a", some + " " + others), expected("b", others)),
                            joined(expected("larger", others), expected("probe", two)));
  ASSERT_EQ(together.size(), 12u + 1 + 1 + 1 + 1);
  EXPECT_EQ(together, alone);
  EXPECT_EQ(together[13].at("top").size(), 3u);
  EXPECT_NE(together[13].at("top"), together[14].at("top"));
}

TEST_F(Adapters, AllAdaptersAnswerOnTheSameImages) {
  const std::string images = path("two/test/red/0.ppm") + " " + path("three/test/grey/0.ppm");
  const auto together =
      predict(weights() + "--adapter " + adapter("a") + " --adapter " + adapter("b") + " " + images);
  EXPECT_EQ(together, joined(expected("a", images), expected("b", images)));
  const Result text = run("predict --quiet" + weights() + "--adapter " + adapter("a") + " --adapter " +
                          adapter("b") + " " + images);
  EXPECT_NE(text.out.find("grey/0.ppm  " + adapter("b") + "\n"), std::string::npos) << text.out;
}

TEST_F(Adapters, AWholeModelNeedsNoWeights) {
  const std::string image = path("two/test/red/0.ppm");
  const auto whole = predict("--adapter " + adapter("whole") + " " + image);
  ASSERT_EQ(whole.size(), 1u);
  EXPECT_EQ(whole[0].at("top")[0].at("name"), "red");
  // Its own weights and no others, whatever backbone stands beside it.
  EXPECT_EQ(predict(weights("other") + "--adapter " + adapter("whole") + " " + image), whole);
  EXPECT_EQ(predict("--with " + adapter("whole") + " " + image), whole);
  const auto beside = predict(weights() + "--with " + adapter("a") + " " + image + " --with " +
                              adapter("whole") + " " + image);
  EXPECT_EQ(beside, joined(expected("a", image), expected("whole", image)));
}

TEST_F(Adapters, AnotherBackboneIsRefusedByName) {
  const std::string image = " " + path("two/test/red/0.ppm");
  for (const std::string use : {"--adapter ", "--with "}) {
    const std::string arguments = weights("other") + use + adapter("a") + image;
    expect_failure(arguments, 1, "expected the backbone `backbone` it was trained on");
    expect_failure(arguments, 1, "got " + path("other.safetensors"));
  }
  const Result e = run("eval --adapter " + adapter("a") + weights("other") + "--data " + path("two"));
  EXPECT_EQ(e.code, 1);
  EXPECT_NE(e.out.find("expected the backbone `backbone`"), std::string::npos) << e.out;
  expect_failure("--adapter " + adapter("a") + image, 1,
                 "expected the weights of its backbone `backbone`, got none");
}

TEST_F(Adapters, PredictSaysWhatIsWrong) {
  const std::string image = " " + path("two/test/red/0.ppm"), a = weights() + "--adapter " + adapter("a");
  std::ofstream(path("names.txt")) << "x\ny\nz\n";
  expect_failure(a, 2, "images is required");
  expect_failure(weights() + "--with " + adapter("a"), 2, "expected an adapter, then images");
  expect_failure(a + " --adapter " + adapter("b") + " --features " + path("f.npz") + image, 2,
                 "expected one model, got several adapters");
  expect_failure(weights() + "--adapter " + path("backbone.safetensors") + image, 1, "is this an adapter?");
  expect_failure(weights() + "--adapter " + path("names.txt") + image, 1, "names.txt: expected");
  expect_failure(weights() + "--adapter " + path("missing") + image, 1, "missing: cannot open");
  expect_failure(a + " --classes " + path("names.txt") + image, 1,
                 "expected 2 class names, one a line, got 3");
  expect_failure(a + " " + path("two/test/missing.ppm"), 1, "missing.ppm: no such file or folder");
  const Result e = run("eval --adapter " + adapter("a") + weights() + "--data " + path("three"));
  EXPECT_EQ(e.code, 1);
  EXPECT_NE(e.out.find("expected the 2 classes of"), std::string::npos) << e.out;
}

// A plain checkpoint answers as the adapter over its backbone does.
TEST_F(Adapters, MergeWritesAPlainCheckpoint) {
  const std::string images = path("two/test");
  for (const char* of : {"lora", "probe"}) {
    const Result r =
        run("merge" + weights() + "--adapter " + adapter(of) + " --out " + path("plain.safetensors"));
    ASSERT_EQ(r.code, 0) << r.out;
    const std::vector<Json> adapted = predict(weights() + "--adapter " + adapter(of) + " " + images),
                            plain = predict(weights("plain") + images);
    ASSERT_EQ(plain.size(), adapted.size());
    for (size_t i = 0; i < plain.size(); ++i) {
      for (size_t k = 0; k < plain[i]["top"].size(); ++k) {
        EXPECT_EQ(plain[i]["top"][k]["class"], adapted[i]["top"][k]["class"]) << plain[i];
        EXPECT_EQ(plain[i]["top"][k].at("name"), adapted[i]["top"][k].at("name")) << plain[i];
        EXPECT_NEAR(plain[i]["top"][k]["probability"], adapted[i]["top"][k]["probability"], 1e-4) << of;
      }
    }
  }
  const Result refused =
      run("merge" + weights() + "--adapter " + adapter("a") + " --out " + path("no.safetensors"));
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.out.find("method adapter_x adds what no weight of the backbone can hold"),
            std::string::npos);
  EXPECT_FALSE(fs::exists(path("no.safetensors")));
}

TEST_F(Adapters, WeightsOfAnotherKindAreNamed) {
  const Result r =
      run("predict --weights " + std::string(AX_TESTS) + "/../weights/point_small.safetensors --adapter " +
          adapter("lora") + " " + path("two/test"));
  EXPECT_EQ(r.code, 1);
  EXPECT_NE(r.out.find("expected a vision transformer, on which"), std::string::npos) << r.out;
}

// The file that is written is none of those that are read, by whichever path.
TEST_F(Adapters, MergeAndExportKeepWhatTheyRead) {
  fs::create_symlink(path("backbone.safetensors"), path("link.safetensors"));
  const auto size = fs::file_size(path("backbone.safetensors"));
  const std::string merge = "merge" + weights() + "--adapter " + adapter("lora") + " --out ";
  for (const std::string& command :
       {merge + path("backbone.safetensors"), merge + path("two/../backbone.safetensors"),
        merge + path("link.safetensors"), merge + adapter("lora"),
        "export" + weights() + path("backbone.safetensors")}) {
    const Result r = run(command);
    EXPECT_EQ(r.code, 1) << command;
    EXPECT_NE(r.out.find("is what is read; expected another file to write"), std::string::npos) << r.out;
  }
  EXPECT_EQ(fs::file_size(path("backbone.safetensors")), size);
  EXPECT_TRUE(fs::is_symlink(path("link.safetensors")));
}

}  // namespace
