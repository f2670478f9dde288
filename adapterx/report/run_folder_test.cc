#include "adapterx/report/run_folder.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <fstream>

#include "adapterx/io/reader_test.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

class RunFolderTest : public ::testing::Test {
 protected:
  void SetUp() override { fs::remove_all(root_); }
  void TearDown() override { fs::remove_all(root_); }

  std::string read(const char* name) const {
    std::ifstream in(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(const char* name, std::string_view text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  std::string load_error() const {
    return error_text([&] { load_run(path_); });
  }

  const fs::path root_ =
      fs::path(::testing::TempDir()) /
      fmt::format("ax_{}_{}", ::testing::UnitTest::GetInstance()->current_test_info()->name(), ::getpid());
  const fs::path path_ = root_ / "deep" / "run";
};

EpochRecord record_of(int64_t epoch) {
  EpochRecord record;
  record.epoch = epoch;
  record.train_loss = 1. / static_cast<double>(epoch);
  return record;
}

RunFacts facts() {
  RunFacts f;
  f.finished = true;
  f.title = "Adapter-X on \"shoes\"";
  f.method = "adapter_x";
  f.select = "test-best";
  f.seed = 0xffff'ffff'ffff'ffff;
  f.threads = 2;
  f.accuracy = 1. / 3;
  f.accuracy_split = "test";
  f.parameters = {{{"LN2", 18'432}, {"head", 7'690, true}}, 85'798'656};
  f.adapter_bytes = 123'456;
  f.warnings = {"a", "b"};
  return f;
}

Findings findings() {
  Findings f;
  f.confusion = {{"a<b>", "bad \xff name"}, {3, 1, 0, 4}};
  f.mistakes = {{"x/1.png", {std::byte{1}, std::byte{0}, std::byte{255}}, 0, 1, 0.75}};
  RoutingPicture picture;
  picture.shown = {"2.png", {std::byte{7}}, 1, 1, kNotMeasured};
  picture.side = 1;
  picture.choices = {2, 3, {{0, 1, 2, 0}, {1, 1, 2, 2, 0, 1}}};
  f.routing = {picture};
  CloudPicture cloud{{"3.ply", {}, 0, 1, 0.5, {0, 1023, 7, 512, 2, 3}}, 300, {299, 0}, {}};
  f.clouds = {cloud};
  cloud.patches = 1;
  cloud.patch = {0, 0};
  cloud.choices = {1, 256, {{255, 0}}};
  f.clouds.push_back(cloud);
  return f;
}

TEST_F(RunFolderTest, WhatAKilledProcessLeftHalfWrittenIsRemoved) {
  const std::string gone = "result.json.tmp2147483647-3", alive = fmt::format("a.tmp{}-0", ::getppid());
  fs::create_directories(path_ / "last");
  fs::create_directories(path_ / "best");
  EXPECT_THROW(RunFolder::create(path_), Error);
  fs::remove_all(path_ / "last");
  fs::remove_all(path_ / "best");
  write(gone.c_str(), "{");
  write(alive.c_str(), "{");
  write("config.toml.tmp-copy", "");
  EXPECT_THROW(RunFolder::create(path_), Error);
  fs::remove(path_ / "config.toml.tmp-copy");
  RunFolder::create(path_).write_config("");
  EXPECT_FALSE(fs::exists(path_ / gone));
  EXPECT_TRUE(fs::exists(path_ / alive));
  for (const char* folder : {"last", "best"}) {
    fs::create_directories(path_ / folder);
    write((std::string(folder) + "/" + gone).c_str(), "{");
  }
  RunFolder::resume(path_, 0);
  EXPECT_FALSE(fs::exists(path_ / "last" / gone));
  EXPECT_FALSE(fs::exists(path_ / "best" / gone));
  EXPECT_TRUE(fs::exists(path_ / "config.toml"));
}

TEST_F(RunFolderTest, EverythingComesBack) {
  RunFolder folder = RunFolder::create(path_);
  folder.write_config("seed = 1\n");
  folder.append(record_of(1));
  folder.append(record_of(3));
  folder.write_result(facts());
  folder.write_findings(findings());

  const RunRecord run = load_run(path_);
  EXPECT_EQ(run.config, "seed = 1\n");
  ASSERT_EQ(run.epochs.size(), 2u);
  EXPECT_EQ(run.epochs[1].train_loss, 1. / 3);
  EXPECT_EQ(run.facts.title, facts().title);
  EXPECT_EQ(run.facts.seed, facts().seed);
  EXPECT_EQ(run.facts.accuracy, facts().accuracy);
  EXPECT_TRUE(std::isnan(run.facts.seconds));
  EXPECT_EQ(run.facts.warnings, facts().warnings);
  EXPECT_EQ(run.facts.parameters.total(), 26'122);
  EXPECT_EQ(run.facts.parameters.head(), 7'690);
  EXPECT_EQ(run.findings.confusion.classes[0], "a<b>");
  EXPECT_EQ(run.findings.confusion.classes[1], "bad \xef\xbf\xbd name");
  EXPECT_EQ(run.findings.confusion.counts, findings().confusion.counts);
  EXPECT_EQ(run.findings.mistakes[0].image, findings().mistakes[0].image);
  EXPECT_EQ(run.findings.mistakes[0].confidence, 0.75);
  EXPECT_EQ(run.findings.routing[0].choices.blocks, findings().routing[0].choices.blocks);
  EXPECT_EQ(run.findings.routing[0].choices.heads, 2);
  ASSERT_EQ(run.findings.clouds.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    const CloudPicture &cloud = run.findings.clouds[i], expected = findings().clouds[i];
    EXPECT_EQ(cloud.shown.points, expected.shown.points);
    EXPECT_EQ(cloud.shown.predicted, 1);
    EXPECT_EQ(cloud.patches, expected.patches);
    EXPECT_EQ(cloud.patch, expected.patch);
    EXPECT_EQ(cloud.choices.experts, expected.choices.experts);
    EXPECT_EQ(cloud.choices.blocks, expected.choices.blocks);
  }
  EXPECT_EQ(read("summary.csv").substr(0, 6), "epoch,");
}

TEST_F(RunFolderTest, ResultHasTheKeysOfTables) {
  RunFolder::create(path_).write_result(facts());
  const std::string text = read("result.json");
  expect_part(text, "\"method\": \"adapter_x\"");
  expect_part(text, "\"trained_parameters\": 26122");
  expect_part(text, "\"percent\": 0.03044569");
  expect_part(text, "\"adapter_bytes\": 123456");
  EXPECT_EQ(text.find("\"seconds\""), std::string::npos) << "was not measured";
}

TEST_F(RunFolderTest, RefusesAFolderInUse) {
  RunFolder::create(path_);
  RunFolder::create(path_).append(record_of(1));
  expect_part(error_text([&] { RunFolder::create(path_); }),
              "expected a new or empty folder, got one with `");
  expect_part(error_text([&] { RunFolder::create(path_ / "log.jsonl"); }), "log.jsonl: cannot create");
  expect_part(error_text([&] { RunFolder::resume(path_ / "none", 1); }), "got no folder");
}

TEST_F(RunFolderTest, ResumeForgetsWhatCameAfterTheCheckpoint) {
  RunFolder folder = RunFolder::create(path_);
  for (int64_t epoch = 1; epoch <= 4; ++epoch) folder.append(record_of(epoch));
  const std::string log = read("log.jsonl"), summary = read("summary.csv");
  write("log.jsonl", log + "{\"epoch\":5,\"lr\":0.0");

  RunFolder resumed = RunFolder::resume(path_, 2);
  EXPECT_EQ(load_run(path_).epochs.size(), 2u);
  resumed.append(record_of(3));
  resumed.append(record_of(4));
  EXPECT_EQ(read("log.jsonl"), log);
  EXPECT_EQ(read("summary.csv"), summary);
  expect_part(error_text([&] { resumed.append(record_of(4)); }), "expected an epoch above 4, got 4");

  RunFolder::resume(path_, 0).append(record_of(1));
  EXPECT_EQ(load_run(path_).epochs.size(), 1u);
}

TEST_F(RunFolderTest, AFullDiskLeavesTheLogAsItWas) {
  RunFolder folder = RunFolder::create(path_);
  folder.append(record_of(1));
  const std::string log = read("log.jsonl"), summary = read("summary.csv");
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{log.size() + 10, old.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string error = error_text([&] { folder.append(record_of(2)); });
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  std::signal(SIGXFSZ, handler);
  expect_part(error, "log.jsonl: cannot write: File too large");
  EXPECT_EQ(read("log.jsonl"), log);
  EXPECT_EQ(read("summary.csv"), summary);
  folder.append(record_of(2));
  EXPECT_EQ(load_run(path_).epochs.size(), 2u);
}

TEST_F(RunFolderTest, LoadsARunThatHasJustStarted) {
  const RunFolder folder = RunFolder::create(path_);
  expect_part(load_error(), "expected the folder of a run, with log.jsonl or result.json, got neither");
  folder.write_result({});
  EXPECT_FALSE(load_run(path_).facts.finished);
  expect_part(error_text([&] { load_run(path_ / "none"); }), "got no folder");
}

std::string cloud_text(const std::string& points, const std::string& patch, int64_t patches,
                       const std::string& more = "") {
  return fmt::format(R"({{"classes":["a"],"clouds":[{{"points":"{}","patch":"{}","patches":{}{}}}]}})",
                     points, patch, patches, more);
}

TEST_F(RunFolderTest, NamesTheFileOfDamage) {
  const RunFolder folder = RunFolder::create(path_);
  folder.write_result(facts());
  for (const auto& [text, part] : std::vector<std::pair<std::string, std::string>>{
           {"{\"classes\":[\"a\"],", "report_data.json: expected JSON"},
           {"[]", "report_data.json: expected a JSON object, got array"},
           {"{\"classes\":[1]}", "`classes`: expected a text, got number"},
           {"{\"classes\":[\"a\"],\"confusion\":[[1,2]]}", "`confusion`: expected rows of 1 counts, got 2"},
           {"{\"classes\":[\"a\",\"b\"],\"confusion\":[[1,2]]}", "confusion: expected 2 x 2 counts, got 2"},
           {"{\"classes\":[\"a\"],\"mistakes\":[{\"image\":\"AAAA\",\"truth\":1}]}",
            "expected a class from 0 to 0"},
           {"{\"classes\":[\"a\"],\"mistakes\":[{\"image\":\"A\"}]}",
            "`mistakes`: base64: expected a multiple of 4"},
           {"{\"classes\":[\"a\"],\"routing\":[{\"image\":\"AAAA\",\"side\":1,\"experts\":2,\"blocks\":[\"Ag="
            "=\"]}]}",
            "routing[0]: block 0: expected experts below 2, got 2"},
           {"{\"classes\":[\"a\"],\"routing\":[{\"image\":\"AAAA\",\"side\":2,\"experts\":2,\"blocks\":[\"AQ="
            "=\"]}]}",
            "at least 4 tokens, got 1"},
           {"{\"routing\":7}", "`routing`: expected an array"},
           {cloud_text("AAAA", "AAA=", 1), "`clouds`: points: expected a multiple of 4 bytes, got 3"},
           {cloud_text("AAAAAA==", "AA==", 1), "`clouds`: patch: expected a multiple of 2 bytes, got 1"},
           {cloud_text("AAAAAA==", "AAAAAA==", 1),
            "clouds[0]: expected the patch of each of 1 points, got 2"},
           {cloud_text("AAAAAA==", "AQA=", 1), "clouds[0]: expected patches below 1, got 1"},
           {cloud_text("AAAAAA==", "AAA=", 5000), "clouds[0]: expected 1 to 4096 patches, got 5000"},
           {cloud_text("", "", 1), "clouds[0]: expected either an image or points"},
           {cloud_text("AAAAAA==", "AAA=", 1, ",\"image\":\"AAAA\""), "either an image or points"},
           {cloud_text("AAAAAA==", "AAA=", 1, ",\"experts\":3"), "clouds[0]: expected at least one block"},
           {cloud_text("AAAAAA==", "AAA=", 1, ",\"experts\":3,\"blocks\":[\"\"]"),
            "each of 1 sub-heads of at least 1 tokens, got 0"},
           {cloud_text("AAAAAA==", "AAA=", 1, ",\"experts\":3,\"blocks\":[\"Aw==\"]"),
            "clouds[0]: block 0: expected experts below 3, got 3"},
           {cloud_text(std::string(5467, 'A') + "=", "AAA=", 1), "of at most 1024 points, got 3075"}}) {
    write("report_data.json", text);
    expect_part(load_error(), part);
  }
  write("report_data.json", "{}");
  write("result.json", "{\"seed\":-1}");
  expect_part(load_error(), "result.json: `seed`: expected a whole number");
}

}  // namespace
}  // namespace ax
