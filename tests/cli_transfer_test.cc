// `adapterx transfer` on two small tasks and a backbone of a few thousand numbers.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "generated_images.h"
#include "program.h"

namespace {

namespace fs = std::filesystem;
using namespace ax::testing;
using Json = nlohmann::json;

class Transfer : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = fs::temp_directory_path() / ("ax_transfer_" + std::to_string(::getpid()));
    write_task("bright", kRedBlue);
    write_task("muted", kMuted);
    const Result r =
        run("train" + kTinyVit + "epochs=2 --data " + path("bright") + " --out " + path("backbone"));
    ASSERT_EQ(r.code, 0) << r.out;
    write_suite("suite.toml", "");
    const Result whole = run(transfer("suite.toml", "whole"));
    ASSERT_EQ(whole.code, 0) << whole.out;
    printed_ = whole.out;
  }
  static void TearDownTestSuite() { fs::remove_all(folder_); }

  static void write_task(const std::string& name, const std::vector<ColourClass>& classes) {
    write_images(folder_ / name / "train", classes, 12, 20, 1);
    write_images(folder_ / name / "test", classes, 5, 20, 2);
  }

  // `more`: lines of [suite], and whatever sections follow.
  static void write_suite(const std::string& name, const std::string& more) {
    std::ofstream(path(name))
        << "[suite]\nweights = \"" << path("backbone/best/adapter.safetensors")
        << "\"\nseeds = [0, 1]\nreference = \"probe\"\n"
        << more
        << "\n[common]\nepochs = 3\nbatch = 6\nwarmup_epochs = 0\nmin_lr = 1e-6\nprecision = \"fp32\"\n"
           "[tasks.bright]\ndata = \""
        << path("bright") << "\"\n[tasks.muted]\ndata = \"" << path("muted")
        << "\"\n[methods.raw]\nmethod = \"pixel_regression\"\nsize = 4\n"
           "[methods.probe]\nmethod = \"linear_probe\"\nlr = 1e-2\n"
           "[methods.adapter_x]\nprompts = true\nexperts = 2\nrank = 4\nlr = 3e-3\n"
           "[ablations.no_prompts]\nbase = \"adapter_x\"\nprompts = false\n";
  }

  static std::string path(const std::string& name) { return (folder_ / name).string(); }
  static std::string transfer(const std::string& suite, const std::string& out) {
    return "transfer --jobs 2 --config " + path(suite) + " --out " + path(out) + " ";
  }

  static Json json(const std::string& name) { return Json::parse(read_text(path(name))); }

  static void expect_in(const std::string& part, const std::string& text) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\nin:\n" << text;
  }

  // Runs the suite until it has told of its first run, and ends it by the signal.
  static int end_after_first_run(const std::string& arguments, int signal_number) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::dup2(ends[1], 1);
      ::close(ends[0]);
      ::close(ends[1]);
      const std::string command = std::string("exec ") + AX_PROGRAM + " " + arguments;
      ::execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
      ::_exit(127);
    }
    ::close(ends[1]);
    std::string text;
    char c = 0;
    while (text.find("[1/") == std::string::npos && ::read(ends[0], &c, 1) == 1) text += c;
    ::kill(pid, signal_number);
    while (::read(ends[0], &c, 1) == 1) continue;
    ::close(ends[0]);
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  }

  static void expect_goes_on(int signal_number, const std::string& out) {
    EXPECT_EQ(end_after_first_run(transfer("suite.toml", out), signal_number), signal_number);
    const Result r = run(transfer("suite.toml", out));
    ASSERT_EQ(r.code, 0) << r.out;
    expect_in("of 12 runs were finished before", r.out);
    for (const char* name : {"bright/probe/seed-0", "muted/adapter_x/seed-1", "bright/adapter_x/seed-0"}) {
      const std::string adapter = std::string("/") + name + "/best/adapter.safetensors";
      EXPECT_EQ(read_text(path(out) + adapter), read_text(path("whole") + adapter)) << adapter;
    }
    EXPECT_EQ(json(out + "/summary.json"), json("whole/summary.json"));
  }

  static fs::path folder_;
  static std::string printed_;
};

fs::path Transfer::folder_;
std::string Transfer::printed_;

TEST_F(Transfer, PrintsALineARunAndTheTable) {
  expect_in("[1/12] bright ", printed_);
  expect_in("[12/12] ", printed_);
  EXPECT_EQ(printed_.find("failed"), std::string::npos) << printed_;
  const std::string table = read_text(path("whole/table.md"));
  expect_in(table, printed_);
  EXPECT_TRUE(table.starts_with("| method ")) << table;
  const Json rows = json("whole/summary.json").at("rows");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].at("row"), "raw");
  EXPECT_EQ(rows[0].at("tasks").at("bright").at("accuracy"), 1.0);
  EXPECT_TRUE(rows[0].at("trained_percent").is_null());
  EXPECT_EQ(rows[1].at("trained_percent_without_head"), 0);
  EXPECT_GT(rows[2].at("trained_percent_without_head").get<double>(), 0);
}

TEST_F(Transfer, ARunIsAnOrdinaryOneOfTheProgram) {
  const std::string place = "whole/muted/adapter_x/seed-1/";
  const std::string config = read_text(path(place + "config.toml"));
  for (const char* line : {"train_on = \"train+val\"", "select = \"last\"", "\nseed = 1", "split_seed = 1",
                           "experts = 2", "epochs = 3"}) {
    expect_in(line, config);
  }
  EXPECT_EQ(read_text(path(place + "log.jsonl")).find("val_accuracy"), std::string::npos);
  const Json result = json(place + "result.json");
  EXPECT_EQ(result.at("train_images"), 36);
  EXPECT_EQ(result.at("test_images"), 15);
  EXPECT_EQ(json("whole/summary.json").at("rows").at(2).at("tasks").at("muted").at("accuracies").at(1),
            result.at("accuracy"));
  EXPECT_EQ(run("compare " + path(place)).code, 0);
}

TEST_F(Transfer, FinishedRunsAreKept) {
  const auto time = fs::last_write_time(path("whole/bright/probe/seed-0/result.json"));
  const Result r = run(transfer("suite.toml", "whole"));
  EXPECT_EQ(r.code, 0);
  expect_in("12 of 12 runs were finished before", r.out);
  EXPECT_EQ(r.out.find("[1"), std::string::npos) << r.out;
  EXPECT_EQ(fs::last_write_time(path("whole/bright/probe/seed-0/result.json")), time);
}

TEST_F(Transfer, AStoppedSuiteGoesOn) { expect_goes_on(SIGINT, "stopped"); }
TEST_F(Transfer, AKilledSuiteGoesOn) { expect_goes_on(SIGKILL, "killed"); }

TEST_F(Transfer, AblationsHaveATableOfTheirOwn) {
  const Result r = run(transfer("suite.toml", "whole") + "--ablations --seeds 1 --tasks muted");
  ASSERT_EQ(r.code, 0) << r.out;
  expect_in("1 of 2 runs were finished before", r.out);
  const Json j = json("whole/ablations.json");
  const Json base = j.at("rows").at(0), less = j.at("rows").at(1);
  EXPECT_EQ(less.at("row"), "no_prompts");
  EXPECT_EQ(less.at("reference"), "adapter_x");
  EXPECT_LT(less.at("trained_percent_without_head"), base.at("trained_percent_without_head"));
}

// The test images can't be read: what opened them would fail.
TEST_F(Transfer, TuningOpensNoTestImageAndWritesWhatTheSuiteReads) {
  fs::copy(folder_ / "bright", folder_ / "closed", fs::copy_options::recursive);
  for (const auto& file : fs::recursive_directory_iterator(folder_ / "closed/test")) {
    if (file.is_regular_file()) fs::resize_file(file.path(), 20);
  }
  const std::string tuned = "tuned = \"" + path("tuned/tuned.toml") + "\"\n";
  write_suite("tuned.toml", tuned +
                                "[tune]\nseeds = [7]\n[tune.probe]\nlr = [3e-2, 2e-6]\n"
                                "[tune.adapter_x]\nexperts = [2, 4]\n");
  const std::string options = "--tasks bright --data bright=" + path("closed");
  const Result tune = run(transfer("tuned.toml", "tuned") + options + " --tune");
  ASSERT_EQ(tune.code, 0) << tune.out;
  expect_in("[methods.probe.tasks.bright]", read_text(path("tuned/tuned.toml")));
  expect_in("lr = 0.03", read_text(path("tuned/tuned.toml")));
  const Json trial = json("tuned/tune/bright/probe/lr=0.03/seed-7/result.json");
  EXPECT_EQ(trial.at("accuracy_split"), "val");
  EXPECT_EQ(trial.at("test_images"), 0);
  const Result closed = run(transfer("tuned.toml", "closed_out") + options + " --methods probe");
  EXPECT_EQ(closed.code, 1);
  expect_in(" bright probe seed 0: failed: adapterx: ", closed.out);
  expect_in("failed runs: 2;", closed.out);
  ASSERT_EQ(run(transfer("tuned.toml", "final") + "--methods probe --seeds 0").code, 0);
  expect_in("lr = 0.03", read_text(path("final/bright/probe/seed-0/config.toml")));
  expect_in("lr = 0.01", read_text(path("final/muted/probe/seed-0/config.toml")));

  ASSERT_EQ(run(transfer("tuned.toml", "tuned") +
                "--tasks muted --methods probe --tune --data bright=" + path("closed"))
                .code,
            0);
  const std::string both = read_text(path("tuned/tuned.toml"));
  expect_in("[methods.probe.tasks.muted]", both);
  expect_in("[methods.probe.tasks.bright]", both);  // of the call before
}

TEST_F(Transfer, MissingDataAreLeftOutVisibly) {
  const Result r = run(transfer("suite.toml", "part") + "--data muted=" + path("nowhere") + " --methods raw");
  EXPECT_EQ(r.code, 0) << r.out;
  expect_in("muted left out: " + path("nowhere"), r.out);
  expect_in("muted left out: ", read_text(path("part/table.md")));
  EXPECT_FALSE(fs::exists(path("part/muted")));
}

TEST_F(Transfer, RunsByOtherSettingsAreReplacedOnlyIfAsked) {
  const std::string some = "--methods raw,probe --tasks bright --seeds 0 ";
  ASSERT_EQ(run(transfer("suite.toml", "other") + some).code, 0);
  const std::string table = read_text(path("other/table.md"));
  const std::string changed = transfer("suite.toml", "other") + some + "--set methods.probe.lr=5e-3 ";
  const Result refused = run(changed);
  EXPECT_EQ(refused.code, 1);
  expect_in("made by other settings: train.lr: 0.01, 0.005", refused.out);
  EXPECT_EQ(read_text(path("other/table.md")), table);
  const Result replaced = run(changed + "--replace");
  EXPECT_EQ(replaced.code, 0) << replaced.out;
  expect_in("lr = 0.005", read_text(path("other/bright/probe/seed-0/config.toml")));
}

TEST_F(Transfer, RefusesAFolderOfAnotherBackbone) {
  const std::string weights = path("backbone2/best/adapter.safetensors");
  ASSERT_EQ(
      run("train" + kTinyVit + "seed=5 epochs=1 --data " + path("bright") + " --out " + path("backbone2"))
          .code,
      0);
  const Result r = run(transfer("suite.toml", "whole") + "--weights " + weights);
  EXPECT_EQ(r.code, 1);
  expect_in("has runs on another backbone", r.out);
}

TEST_F(Transfer, SaysWhatIsWrong) {
  const auto expect = [](const std::string& options, int code, const std::string& text) {
    const Result r = run(transfer("suite.toml", "whole") + options);
    EXPECT_EQ(r.code, code) << r.out;
    expect_in(text, r.out);
  };
  expect("--tasks brght", 2, "unknown task `brght`; expected some of bright,muted; did you mean `bright`?");
  expect("--methods prob", 2, "did you mean `probe`?");
  expect("--set common.epocs=3", 2, "unknown setting `epocs`; did you mean `epochs`?");
  expect("--data mute=x", 2, "no section `mute`; did you mean `muted`?");
  expect("--tune", 1, "no grid [tune.METHOD]");
  expect("--tune --seeds 3", 2, "the seeds of tuning are those of [tune]");
  expect("--tune --ablations", 2, "--ablations excludes --tune");
  expect("--seeds 3,3", 2, "seeds: 3 is there twice");
  EXPECT_EQ(run("transfer --out " + path("x")).code, 2);
}

}  // namespace
