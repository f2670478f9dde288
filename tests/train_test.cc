// `adapterx train`, `eval` and `export` on generated images and models of a few thousand parameters.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "program.h"

namespace {

namespace fs = std::filesystem;
using ax::testing::Result;
using ax::testing::run;

constexpr int kClasses = 3, kSide = 16;

// An image of class c: stripes of one of three directions, in random colours, with noise.
void write_image(const fs::path& path, int c, std::mt19937& random) {
  std::ofstream out(path, std::ios::binary);
  out << "P6\n" << kSide << " " << kSide << "\n255\n";
  const auto draw = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  const unsigned phase = draw(4), strength = 60 + draw(60);
  for (unsigned y = 0; y < kSide; ++y) {
    for (unsigned x = 0; x < kSide; ++x) {
      const unsigned at = c == 0 ? x : c == 1 ? y : x + y;
      for (int channel = 0; channel < 3; ++channel) {
        out.put(static_cast<char>(60 + ((at + phase) / 2 % 2) * strength + draw(40)));
      }
    }
  }
}

void write_images(const fs::path& folder, int each, unsigned seed) {
  std::mt19937 random(seed);
  for (int c = 0; c < kClasses; ++c) {
    const fs::path place = folder / std::string(1, static_cast<char>('a' + c));
    fs::create_directories(place);
    for (int i = 0; i < each; ++i) write_image(place / (std::to_string(i) + ".ppm"), c, random);
  }
}

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Train : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = fs::temp_directory_path() / ("ax_train_" + std::to_string(::getpid()));
    write_images(folder_ / "data/train", 30, 1);
    write_images(folder_ / "data/test", 20, 2);
    std::ofstream(path("tiny.toml"))
        << "[model]\nwidth = 24\ndepth = 2\nheads = 2\npatch_size = 4\nimage_size = 16\n"
           "mlp_ratio = 2\n[data]\npath = \""
        << path("data") << "\"\nval_fraction = 0.2\n[method]\nname = \"full\"\n"
        << "[train]\nepochs = 60\nbatch = 12\nlr = 3e-3\nwarmup_epochs = 1\n"
           "weight_decay = 0.01\nprecision = \"fp32\"\nthreads = 1\n[augment]\nflip = 0.5\n";
    const Result r = run("train --config " + path("tiny.toml") + " --out " + path("backbone"));
    ASSERT_EQ(r.code, 0) << r.out;
  }
  static void TearDownTestSuite() { fs::remove_all(folder_); }

  static std::string path(const std::string& name) { return (folder_ / name).string(); }

  static std::string weights() { return path("backbone/best/adapter.safetensors"); }

  // Settings of a run of several kinds of randomness and state.
  static std::string scratch() {
    return "train --config " + path("tiny.toml") +
           " drop_path=0.1 ema=0.9 accumulate=2 mixup=0.2 pad_crop=2 epochs=4 ";
  }
  static std::string adapter(const std::string& method) {
    return "train --weights " + weights() + " --data " + path("data") + " --method " + method +
           " precision=fp32 threads=1 epochs=4 batch=12 warmup_epochs=0 lr=1e-2 ";
  }

  static nlohmann::json result(const std::string& name) {
    return nlohmann::json::parse(read(path(name + "/result.json")));
  }

  static void expect_same_adapters(const std::string& a, const std::string& b) {
    for (const char* file : {"/best/adapter.safetensors", "/last/adapter.safetensors"}) {
      EXPECT_EQ(read(path(a + file)), read(path(b + file))) << a << b << file;
      EXPECT_FALSE(read(path(a + file)).empty());
    }
  }

  static fs::path folder_;
};

fs::path Train::folder_;

// The program, ended by a signal a while after it began (to train, where the signal asks for a clean end);
// true: it was still running, and ended as the signal wants it.
bool run_and_signal(const std::string& arguments, int signal, std::chrono::milliseconds wait,
                    const std::string& log) {
  const std::string command = std::string("exec ") + AX_PROGRAM + " " + arguments + " >>" + log + " 2>&1";
  const pid_t child = ::fork();
  if (child == 0) {
    ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    ::_exit(127);
  }
  for (int i = 0; signal != SIGKILL && read(log).empty() && i < 3000; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  std::this_thread::sleep_for(wait);
  ::kill(child, signal);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (signal == SIGKILL) return WIFSIGNALED(status);
  return WIFSIGNALED(status) && WTERMSIG(status) == signal && read(log).ends_with("\n") &&
         read(log).find("stopped; go on with") != std::string::npos;
}

TEST_F(Train, FromScratchLearnsAndEvaluatesAsTheRunSays) {
  const nlohmann::json r = result("backbone");
  EXPECT_TRUE(r.at("finished"));
  EXPECT_GT(r.at("accuracy").get<double>(), 0.6);
  const Result e =
      run("eval --json --precision fp32 --adapter " + weights() + " --data " + path("data"), "", "");
  ASSERT_EQ(e.code, 0) << e.out;
  const nlohmann::json j = nlohmann::json::parse(e.out);
  EXPECT_EQ(j.at("accuracy"), r.at("accuracy"));
  EXPECT_EQ(j.at("images"), 60);
  int64_t sum = 0, diagonal = 0;
  for (size_t i = 0; i < 9; ++i) {
    sum += j.at("confusion")[i].get<int64_t>();
    if (i % 4 == 0) diagonal += j.at("confusion")[i].get<int64_t>();
  }
  EXPECT_EQ(sum, 60);
  EXPECT_NEAR(static_cast<double>(diagonal) / 60, j.at("accuracy").get<double>(), 1e-12);
  for (const char* file : {"config.toml", "log.jsonl", "summary.csv", "report.html"}) {
    EXPECT_FALSE(read(path(std::string("backbone/") + file)).empty()) << file;
  }
}

TEST_F(Train, ItsConfigReproducesARun) {
  ASSERT_EQ(run(scratch() + "--out " + path("first")).code, 0);
  ASSERT_EQ(run("train --config " + path("first/config.toml") + " --out " + path("second")).code, 0);
  expect_same_adapters("first", "second");
}

TEST_F(Train, MethodsTrainOnTheirBackboneAndRefuseAnother) {
  for (const char* method : {"linear_probe", "adaptformer", "adaptformer_x"}) {
    const bool chooses = std::string_view(method) == "adaptformer_x";
    const Result r = run(adapter(method) + (chooses ? "top_k=1 " : "") + "--out " + path(method));
    ASSERT_EQ(r.code, 0) << r.out;
    const std::string file = path(method) + "/best/adapter.safetensors";
    const std::string eval = "eval --precision fp32 --data " + path("data") + " --adapter " + file;
    const Result e = run(eval + " --json --weights " + weights(), "", "");
    ASSERT_EQ(e.code, 0) << e.out;
    EXPECT_EQ(nlohmann::json::parse(e.out).at("accuracy"), result(method).at("accuracy"));
    EXPECT_NE(run(eval).out.find("expected the weights of its backbone"), std::string::npos);
    const std::string other = path("other.safetensors");
    ASSERT_EQ(run("export --keep-head --bf16 --weights " + weights() + " " + other).code, 0);
    const Result refused = run(eval + " --weights " + other);
    EXPECT_EQ(refused.code, 1);
    EXPECT_NE(refused.out.find("expected the backbone `adapter` it was trained on"), std::string::npos)
        << refused.out;
    // The same weights in another file are the same backbone.
    ASSERT_EQ(run("export --weights " + weights() + " " + other).code, 0);
    EXPECT_EQ(run(eval + " --weights " + other).code, 0);
  }
  std::ifstream log(path("adaptformer_x/log.jsonl"));
  std::string line;
  ASSERT_TRUE(std::getline(log, line));
  const nlohmann::json epoch = nlohmann::json::parse(line);
  ASSERT_EQ(epoch.at("expert_use").size(), 2u);
  for (const auto& block : epoch.at("expert_use")) {
    double sum = 0;
    for (const double share : block) sum += share;
    EXPECT_NEAR(sum, 1, 1e-9);
  }
  EXPECT_GT(epoch.at("penalty").get<double>(), 0);
}

TEST_F(Train, SaysWhatIsTrained) {
  const Result r = run(adapter("adaptformer_x") + "prompts=true rank=2 epochs=1 --out " + path("counted"));
  EXPECT_NE(r.out.find("adaptformer_x: LN2 96 · PG 96 · CLS 24 · SMoA "), std::string::npos) << r.out;
  EXPECT_NE(r.out.find(" · head 75 · total "), std::string::npos) << r.out;
  EXPECT_NE(r.out.find("epoch 1/1  loss "), std::string::npos) << r.out;
}

TEST_F(Train, StoppedAnywhereAndResumedGivesTheSameBits) {
  ASSERT_EQ(run(scratch() + "epochs=40 --out " + path("straight")).code, 0);
  const std::string log = path("stopped.log"),
                    stopped = scratch() + "epochs=40 --resume --out " + path("stopped");
  int stops = 0;
  std::mt19937 random(3);
  for (int i = 0; i < 6; ++i) {
    fs::remove(log);
    stops += run_and_signal(stopped, i % 2 == 0 ? SIGINT : SIGTERM,
                            std::chrono::milliseconds(10 + random() % 100), log);
  }
  EXPECT_GT(stops, 1);
  const Result r = run("train --resume --out " + path("stopped"));
  ASSERT_EQ(r.code, 0) << r.out;
  expect_same_adapters("straight", "stopped");
  // The log has each epoch once, equal but for times.
  const auto losses = [](const fs::path& file) {
    std::vector<std::string> all;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
      const auto j = nlohmann::json::parse(line);
      all.push_back(j.at("epoch").dump() + " " + j.at("train_loss").dump() + " " +
                    j.at("val_accuracy").dump());
    }
    return all;
  };
  EXPECT_EQ(losses(path("straight/log.jsonl")), losses(path("stopped/log.jsonl")));
}

TEST_F(Train, KilledAtAnyMomentAndResumedGivesTheSameBits) {
  ASSERT_EQ(run(scratch() + "epochs=120 --out " + path("whole")).code, 0);
  const std::string killed = scratch() + "epochs=120 checkpoint_minutes=0 --resume --out " + path("killed");
  int kills = 0;
  std::mt19937 random(4);
  for (int i = 0; i < 12; ++i) {
    kills +=
        run_and_signal(killed, SIGKILL, std::chrono::milliseconds(20 + random() % 150), path("killed.log"));
  }
  EXPECT_GT(kills, 3);
  const Result r = run(killed);
  ASSERT_EQ(r.code, 0) << r.out;
  expect_same_adapters("whole", "killed");
}

TEST_F(Train, RefusesToMixRuns) {
  ASSERT_EQ(run(scratch() + "epochs=2 --out " + path("mixed")).code, 0);
  const Result again = run(scratch() + "epochs=2 --out " + path("mixed"));
  EXPECT_EQ(again.code, 1);
  EXPECT_NE(again.out.find("expected a new or empty folder"), std::string::npos) << again.out;
  const Result other = run("train --resume --out " + path("mixed") + " lr=1");
  EXPECT_EQ(other.code, 1);
  EXPECT_NE(other.out.find("train.lr: 0.003, 1"), std::string::npos) << other.out;
  const Result finished = run("train --resume --out " + path("mixed"));
  EXPECT_EQ(finished.code, 0) << finished.out;
  EXPECT_NE(finished.out.find("all 2 epochs are done"), std::string::npos) << finished.out;
  EXPECT_EQ(run("train --resume --out " + path("nothing")).code, 1);
}

TEST_F(Train, ALossThatIsNotFiniteStopsAndKeepsTheLastCheckpoint) {
  const std::string bad =
      scratch() + "accumulate=1 ema=0 lr=1e6 warmup_epochs=1 warmup_lr=1e-4 min_lr=1e-4 --out " + path("nan");
  const Result r = run(bad);
  EXPECT_EQ(r.code, 1);
  EXPECT_NE(r.out.find("step "), std::string::npos) << r.out;
  EXPECT_NE(r.out.find("lower learning rate"), std::string::npos) << r.out;
  EXPECT_NE(r.out.find("epoch 1/4"), std::string::npos) << r.out;  // the warm-up's epoch was well
  const Result e = run("eval --adapter " + path("nan/last/adapter.safetensors") + " --data " + path("data"));
  EXPECT_EQ(e.code, 0) << e.out;
  const Result resumed = run("train --resume --out " + path("nan"));
  EXPECT_EQ(resumed.code, 1);
  EXPECT_NE(resumed.out.find("resumed at epoch 2 of 4"), std::string::npos) << resumed.out;
}

TEST_F(Train, AFullDiskIsAnErrorThatKeepsTheRun) {
  ASSERT_EQ(run(scratch() + "epochs=30 --out " + path("roomy")).code, 0);
  const std::string log = path("full.log");
  run_and_signal(scratch() + "epochs=30 --resume --out " + path("full"), SIGINT,
                 std::chrono::milliseconds(150), log);
  // Files of 8 kB at most: neither checkpoint nor adapter fits.
  const Result r = run("train --resume --out " + path("full"), "ulimit -f 16;");
  EXPECT_EQ(r.code, 1) << r.out;
  EXPECT_NE(r.out.find("cannot write: File too large"), std::string::npos) << r.out;
  for (const auto& entry : fs::recursive_directory_iterator(path("full"))) {
    EXPECT_EQ(entry.path().string().find(".tmp"), std::string::npos) << entry.path();
  }
  ASSERT_EQ(run("train --resume --out " + path("full")).code, 0);
  expect_same_adapters("roomy", "full");
}

TEST_F(Train, EarlyStopKeepsTheBest) {
  const Result r =
      run(adapter("linear_probe") + "epochs=200 patience=3 lr=1e-9 min_lr=0 --out " + path("early"));
  ASSERT_EQ(r.code, 0) << r.out;
  EXPECT_NE(r.out.find("epoch   4/200"), std::string::npos) << r.out;
  EXPECT_EQ(r.out.find("epoch   6/200"), std::string::npos) << r.out;
  EXPECT_LE(result("early").at("best_epoch").get<int>(), 2);
}

TEST_F(Train, ManyClassesFinishWithoutAConfusionMatrix) {
  std::ofstream csv(path("many.csv"));
  for (int i = 0; i < 20; ++i) {
    csv << path("data/train/a/" + std::to_string(i) + ".ppm") << "," << (i % 2 == 0 ? 7 : 2500) << ","
        << (i < 14 ? "train" : "test") << "\n";
  }
  csv.close();
  const Result r = run("train --config " + path("tiny.toml") + " --data " + path("many.csv") +
                       " val_fraction=0 select=last epochs=1 warmup_epochs=0 --out " + path("many"));
  ASSERT_EQ(r.code, 0) << r.out;
  EXPECT_TRUE(result("many").at("finished"));
  const auto findings = nlohmann::json::parse(read(path("many/report_data.json")));
  EXPECT_TRUE(findings.at("confusion").empty());
  EXPECT_EQ(findings.at("classes").size(), 2501u);
  EXPECT_EQ(run("report " + path("many")).code, 0);
}

TEST_F(Train, SaysWhatIsWrong) {
  std::ofstream(path("file")) << "x";
  std::ofstream(path("bad.toml")) << "[train]\nepochs = 3\nlearning_rate = 1\n";
  const std::string base = "train --data " + path("data") + " --out " + path("x") + " ";
  const std::tuple<std::string, int, std::string> cases[] = {
      {"train --out " + path("x"), 2, "data.path: expected"},
      {"train --data " + path("data") + " --weights w", 2, "train.out: expected"},
      {base + "--model vit_tiny_patch16_32", 2, "model.weights: expected a checkpoint"},
      {base + "--weights /nonexistent.pth", 1, "/nonexistent.pth"},
      {base + "--method full width=24", 1, "model: expected weights, the name of a preset"},
      {base + "--method ful", 2, "did you mean `full`?"},
      {base + "--weights w epochs=0", 2, "train.epochs: expected a number from 1"},
      {base + "--weights w rnak=3", 2, "did you mean `rank`?"},
      {base + "--config " + path("bad.toml"), 1, "bad.toml:3: train.learning_rate: unknown key"},
      {base + "--weights " + weights() + " width=48", 1, "expected width 48 (model.width), got 24"},
      {base + "--weights " + weights() + " val_fraction=0", 1, "no validation images to select on"},
      {"train --weights " + weights() + " --data " + path("data") + " --out " + path("file/run") +
           " epochs=1 warmup_epochs=0",
       1, "cannot create"},
      {"train --weights " + weights() + " --data " + path("nowhere") + " --out " + path("x"), 1, "nowhere"},
      {"eval --data " + path("data") + " --adapter " + path("file"), 1, "file: expected"},
      {"eval --data " + path("data") + " --split val --val-fraction 0 --adapter " + weights(), 1,
       "no val images"},
  };
  for (const auto& [arguments, code, text] : cases) {
    const Result r = run(arguments);
    EXPECT_EQ(r.code, code) << arguments << "\n" << r.out;
    EXPECT_NE(r.out.find(text), std::string::npos) << arguments << "\n" << r.out;
    EXPECT_FALSE(fs::exists(path("x"))) << arguments;
  }
}

}  // namespace
