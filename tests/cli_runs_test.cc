// `adapterx baseline`, `compare` and `report` on the folders of small runs, and `train --dry-run` before
// them.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "generated_images.h"
#include "program.h"

namespace {

namespace fs = std::filesystem;
using namespace ax::testing;
using Json = nlohmann::json;

// Two runs: baseline/, and full/, of two epochs.
class Runs : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = fs::temp_directory_path() / ("ax_runs_" + std::to_string(::getpid()));
    write_images(folder_ / "data/train", kRedBlue, 12, 20, 1);
    write_images(folder_ / "data/test", kRedBlue, 5, 20, 2);
    const std::string data = " --data " + path("data") + " --out ";
    const Result baseline = run("baseline --size 8" + data + path("baseline"));
    ASSERT_EQ(baseline.code, 0) << baseline.out;
    const Result full = run("train" + kTinyVit + "epochs=2" + data + path("full"));
    ASSERT_EQ(full.code, 0) << full.out;
  }
  static void TearDownTestSuite() { fs::remove_all(folder_); }

  static std::string path(const std::string& name) { return (folder_ / name).string(); }

  static void expect_failure(const std::string& arguments, const std::string& text) {
    const Result r = run(arguments);
    EXPECT_EQ(r.code, 1) << arguments << "\n" << r.out;
    EXPECT_NE(r.out.find(text), std::string::npos) << arguments << "\n" << r.out;
  }

  static fs::path folder_;
};

fs::path Runs::folder_;

TEST_F(Runs, ADryRunTellsOfARunAndWritesNothing) {
  const auto files = [] { return std::distance(fs::recursive_directory_iterator(folder_), {}); };
  const auto before = files();
  const std::string command = "train" + kTinyVit + "epochs=2 --dry-run --data " + path("data");
  for (const std::string& out : {std::string(), " --out " + path("dry")}) {
    const Result r = run(command + out, "COLUMNS=300");
    ASSERT_EQ(r.code, 0) << r.out;
    EXPECT_EQ(files(), before);
    for (const std::string& text :
         {std::string("weights     none: from scratch\n"), std::string("method      full\n"),
          path("data") + " (folder): 19 images for training, 5 for validation, 10 for the test; 2 classes\n",
          std::string("training    2 epochs of 3 steps, 6 images a batch, fp32, 1 thread\n"),
          std::string("evaluation  2 times 5 images of val, at the end 10 images of test\n"),
          std::string("16 patches, 17 tokens"), std::string("patch size 4, 11,400 parameters without head\n"),
          std::string(" MB at the peak: ")}) {
      EXPECT_NE(r.out.find(text), std::string::npos) << text << "\nin:\n" << r.out;
    }
  }
  EXPECT_EQ(run(command + " --resume").code, 2);
  expect_failure(command + " --out " + path("full"), "expected a new or empty folder");
  EXPECT_FALSE(fs::exists("nowhere"));
}

TEST_F(Runs, BaselineTellsColoursApart) {
  const Result r = run("baseline --json --size 4 --data " + path("data"), "", "");
  ASSERT_EQ(r.code, 0) << r.out;
  const Json j = Json::parse(r.out);
  EXPECT_EQ(j.at("accuracy"), 1.0);
  EXPECT_EQ(j.at("val_accuracy"), 1.0);
  EXPECT_EQ(j.at("test_images"), 10);
  EXPECT_EQ(j.at("parameters"), 2 * (3 * 4 * 4 + 1));
  EXPECT_NE(run("baseline --data " + path("data")).out.find("100.00 % of 10 test images"), std::string::npos);
}

TEST_F(Runs, BaselineIsNearChanceWhereColoursAreTheSame) {
  write_images(folder_ / "same/train", {{"a", {120, 120, 120}}, {"b", {120, 120, 120}}}, 20, 20, 3);
  write_images(folder_ / "same/test", {{"a", {120, 120, 120}}, {"b", {120, 120, 120}}}, 50, 20, 4);
  const Result r = run("baseline --json --size 4 --data " + path("same"), "", "");
  ASSERT_EQ(r.code, 0) << r.out;
  EXPECT_NEAR(Json::parse(r.out).at("accuracy").get<double>(), 0.5, 0.2);
}

TEST_F(Runs, BaselineTakesSettingsOfTheData) {
  const auto facts = [&](const std::string& settings, const std::string& name) {
    const std::string out = path(name);
    EXPECT_EQ(run("baseline --size 4 --data " + path("data") + " --out " + out + settings).code, 0);
    return Json::parse(read_text(out + "/result.json"));
  };
  const Json whole = facts("", "whole"), part = facts(" train_size=10 data.val_size=4", "part");
  EXPECT_EQ(whole.at("train_images").get<int>() + whole.at("val_images").get<int>(), 24);
  EXPECT_EQ(part.at("train_images"), 10);
  EXPECT_EQ(part.at("val_images"), 4);
}

TEST_F(Runs, BaselineSaysWhatIsWrong) {
  const std::string data = "baseline --data " + path("data");
  write_images(folder_ / "no_test/train", kRedBlue, 5, 20, 5);
  expect_failure("baseline --data " + path("no_test"),
                 "expected training and test images, got no test images");
  expect_failure("baseline --data " + path("nowhere"), "nowhere: no such file or folder");
  fs::copy(folder_ / "data", folder_ / "cut", fs::copy_options::recursive);
  fs::resize_file(folder_ / "cut/train/red/3.ppm", 100);
  expect_failure("baseline --data " + path("cut"), "train/red/3.ppm");
  // The folder's turn comes before the work, not after it.
  expect_failure("baseline --data " + path("cut") + " --out " + path("full"),
                 "expected a new or empty folder");
  const Result unknown = run(data + " train_siz=3");
  EXPECT_EQ(unknown.code, 2);
  EXPECT_NE(unknown.out.find("did you mean `train_size`?"), std::string::npos) << unknown.out;
  EXPECT_EQ(run("baseline").code, 2);
  EXPECT_EQ(run(data + " --size 0").code, 2);
}

TEST_F(Runs, CompareGivesARowARunInTheirOrder) {
  const std::string file = path("rows.json");
  const Result r = run("compare " + path("full") + " " + path("baseline") + " --out " + file, "COLUMNS=100");
  ASSERT_EQ(r.code, 0) << r.out;
  EXPECT_TRUE(r.out.starts_with("method ")) << r.out;
  const size_t full = r.out.find("\nfull "), baseline = r.out.find("\npixel_regression ");
  ASSERT_NE(baseline, std::string::npos) << r.out;
  EXPECT_LT(full, baseline) << r.out;
  const Json rows = Json::parse(read_text(file));
  ASSERT_EQ(rows.size(), 2u);
  for (const Json& row : rows) {
    EXPECT_GT(row.at("seconds").get<double>(), 0);
    EXPECT_GT(row.at("peak_rss_mb").get<double>(), 1);
    EXPECT_LT(row.at("peak_rss_mb").get<double>(), 10'000);
    EXPECT_EQ(row.at("finished"), true);
  }
  const Json result = Json::parse(read_text(path("full/result.json")));
  EXPECT_EQ(rows[0].at("run"), path("full"));
  EXPECT_EQ(rows[0].at("method"), "full");
  EXPECT_EQ(rows[0].at("accuracy"), result.at("accuracy"));
  EXPECT_EQ(rows[0].at("adapter_bytes"), fs::file_size(path("full/best/adapter.safetensors")));
  // The backbone, and a head of 24 to 2.
  const auto backbone = result.at("backbone_parameters").get<double>();
  EXPECT_EQ(rows[0].at("trained_parameters"), backbone + 50);
  EXPECT_NEAR(rows[0].at("percent").get<double>(), 100 * (backbone + 50) / backbone, 1e-9);
  EXPECT_EQ(rows[1].at("method"), "pixel_regression");
  EXPECT_EQ(rows[1].at("accuracy"), 1.0);
  EXPECT_EQ(rows[1].at("trained_parameters"), 2 * (3 * 8 * 8 + 1));
  EXPECT_TRUE(rows[1].at("percent").is_null());
  EXPECT_EQ(rows[1].at("adapter_bytes"), 0);
  EXPECT_NE(r.out.find("100.00"), std::string::npos) << r.out;
}

TEST_F(Runs, CompareJsonIsWhatItsFileHas) {
  const Result r = run("compare --json " + path("baseline") + " --out " + path("one.json"));
  EXPECT_EQ(r.code, 0);
  EXPECT_EQ(r.out, read_text(path("one.json")));
}

TEST_F(Runs, CompareTakesMeansOverTheRunsOfAMethod) {
  Json facts = Json::parse(read_text(path("full/result.json")));
  std::string runs;
  for (const auto& [seed, accuracy] : {std::pair(3, 0.5), std::pair(4, 0.6), std::pair(5, 0.85)}) {
    const std::string name = "seed_" + std::to_string(seed);
    fs::create_directory(folder_ / name);
    facts["seed"] = seed;
    facts["accuracy"] = accuracy;
    facts["seconds"] = 10 * seed;
    facts["peak_rss_mb"] = 100 - seed;
    std::ofstream(path(name + "/result.json")) << facts;
    runs += " " + path(name);
  }
  const Json rows = Json::parse(run("compare --json --mean" + runs + " " + path("baseline")).out);
  ASSERT_EQ(rows.size(), 6u);
  EXPECT_EQ(rows[1].at("accuracy"), 0.6);
  EXPECT_EQ(rows[3].at("run"), path("baseline"));
  const Json& mean = rows[4];
  EXPECT_EQ(mean.at("method"), "full");
  EXPECT_EQ(mean.at("seeds"), Json({3, 4, 5}));
  EXPECT_NEAR(mean.at("accuracy").get<double>(), 0.65, 1e-12);
  EXPECT_NEAR(mean.at("accuracy_sd").get<double>(), std::sqrt(0.0325), 1e-12);  // (.15² + .05² + .2²) / 2
  EXPECT_EQ(mean.at("accuracy_least"), 0.5);
  EXPECT_EQ(mean.at("accuracy_greatest"), 0.85);
  EXPECT_EQ(mean.at("seconds"), 40);
  EXPECT_EQ(mean.at("peak_rss_mb"), 97);
  EXPECT_EQ(mean.at("trained_parameters"), rows[0].at("trained_parameters"));
  EXPECT_TRUE(rows[5].at("accuracy_sd").is_null());
  const std::string table = run("compare --mean" + runs + " " + path("baseline"), "COLUMNS=100").out;
  EXPECT_NE(table.find("65.00 ± 18.03"), std::string::npos) << table;
}

TEST_F(Runs, CompareShowsARunThatIsNotFinished) {
  fs::create_directory(folder_ / "begun");
  Json facts = Json::parse(read_text(path("full/result.json")));
  facts["finished"] = false;
  facts.erase("accuracy");
  std::ofstream(path("begun/result.json")) << facts;
  const Json row = Json::parse(run("compare --json " + path("begun")).out).at(0);
  EXPECT_EQ(row.at("finished"), false);
  EXPECT_TRUE(row.at("accuracy").is_null());
  EXPECT_NE(run("compare " + path("begun"), "COLUMNS=100").out.find("full (unfinished)"), std::string::npos);
}

TEST_F(Runs, CompareOfWhatIsNoRunWritesNothing) {
  const std::string out = path("none.json"), both = "compare --out " + out + " " + path("full") + " ";
  fs::create_directories(folder_ / "damaged");
  std::ofstream(path("damaged/result.json")) << read_text(path("full/result.json")).substr(0, 100);
  expect_failure(both + path("data"), path("data") + ": expected the folder of a run, with");
  expect_failure(both + path("missing"), path("missing") + ": expected the folder of a run, got no folder");
  expect_failure(both + path("full/result.json"), "result.json: expected the folder of a run");
  expect_failure(both + path("damaged"), path("damaged") + "/result.json: expected JSON");
  EXPECT_FALSE(fs::exists(out));
  EXPECT_EQ(run("compare").code, 2);
  expect_failure("compare " + path("full") + " --out " + path("missing/rows.json"), "cannot create");
}

TEST_F(Runs, ReportMakesThePageAnew) {
  fs::copy(folder_ / "full", folder_ / "copy", fs::copy_options::recursive);
  const std::string page = read_text(path("copy/report.html"));
  ASSERT_NE(page.find("</html>"), std::string::npos);
  std::ofstream(path("copy/report.html")) << "stale";
  const Result r = run("report " + path("copy"));
  EXPECT_EQ(r.code, 0) << r.out;
  EXPECT_EQ(r.out, path("copy/report.html") + "\n");
  EXPECT_EQ(read_text(path("copy/report.html")), page);
  ASSERT_EQ(run("report " + path("copy") + " --out " + path("page.html")).code, 0);
  EXPECT_EQ(read_text(path("page.html")), page);
  ASSERT_EQ(run("report " + path("baseline")).code, 0);
  EXPECT_NE(read_text(path("baseline/report.html")).find("Logistic regression on raw pixels"),
            std::string::npos);
}

TEST_F(Runs, ReportOfWhatIsNoRunWritesNothing) {
  fs::create_directory(folder_ / "empty");
  expect_failure("report " + path("empty"), path("empty") + ": expected the folder of a run, with");
  EXPECT_TRUE(fs::is_empty(folder_ / "empty"));
  expect_failure("report " + path("absent"),
                 path("absent") + ": expected the folder of a run, got no folder");
  fs::create_directory(folder_ / "broken");
  std::ofstream(path("broken/log.jsonl")) << "{\"epoch\": 1, \"lr\": 0.1}\nnonsense\n";
  std::ofstream(path("broken/report.html")) << "the page before";
  expect_failure("report " + path("broken"), path("broken/log.jsonl"));
  EXPECT_EQ(read_text(path("broken/report.html")), "the page before");
  EXPECT_EQ(run("report").code, 2);
}

}  // namespace
