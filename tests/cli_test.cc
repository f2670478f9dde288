// The program as its user meets it: exit codes, error texts, the JSON of `bench step`.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "program.h"

namespace {

using ax::testing::Result;
using ax::testing::run;

TEST(CommandLine, HelpAndVersionSucceed) {
  for (const char* arguments : {"--help", "bench --help", "bench step --help", "--version", "methods"}) {
    EXPECT_EQ(run(arguments).code, 0) << arguments;
  }
  EXPECT_NE(run("bench step --help").out.find("Usage: adapterx bench step"), std::string::npos);
  EXPECT_NE(run("methods").out.find("adaptformer"), std::string::npos);
}

TEST(CommandLine, SettingsAreExplainedByALineThatReadsAlone) {
  const Result methods = run("methods dapt", "COLUMNS=200");
  EXPECT_NE(methods.out.find(
                "  rank     Width of the adapter's bottleneck. An integer of 1 or more; default 64.\n"),
            std::string::npos)
      << methods.out;
  EXPECT_NE(run("methods adapter_x", "COLUMNS=200").out.find("  method.heads "), std::string::npos);
  const Result train = run("train --help", "COLUMNS=200");
  EXPECT_NE(train.out.find(" Decay of AdamW's first moment. A number in [0, 1); default 0.9.\n"),
            std::string::npos)
      << train.out;
}

TEST(CommandLine, SettingsFitNarrowTerminals) {
  for (const char* arguments : {"train --help", "pretrain --help", "methods adaptformer_x"}) {
    const std::string out = run(arguments, "COLUMNS=60").out;
    const size_t settings = out.find("Settings, by sections");
    std::istringstream lines(settings == std::string::npos ? out : out.substr(settings));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 60u) << line;
  }
  EXPECT_EQ(run("methods dapt", "COLUMNS=1").code, 0);
}

TEST(CommandLine, MistakesExitWith2AndNameTheNearest) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "A subcommand is required"},
      {"bnech", "unknown command `bnech`; did you mean `bench`?"},
      {"bench step --modle x", "unknown option `--modle`; did you mean `--model`?"},
      {"bench step --model vit_bse_patch16_224", "did you mean `vit_base_patch16_224`?"},
      {"bench step --model vit_base_patch16_225", "image size 225 is not a multiple of patch size 16"},
      {"bench step --method adaptfromer", "did you mean `adaptformer`?"},
      {"bench step --precision fp61", "expected auto, fp32 or bf16, got `fp61`"},
      {"bench step --batch 0", "--batch"},
      {"bench step rnk=4", "unknown setting `rnk`"},
      {"bench group --points 64", "expected at most --points 64, got 128 and 32"},
      {"methods adapter_y", "did you mean `adapter_x`?"},
      {"methods full more", "unknown argument `more`"},
      {"bench step scale=nan", "scale: expected a finite number, got nan"},
      {"bench step rank=four", "rank: expected an integer, got `four`"},
  };
  for (const auto& [arguments, text] : cases) {
    const Result r = run(arguments);
    EXPECT_EQ(r.code, 2) << arguments;
    EXPECT_NE(r.out.find(text), std::string::npos) << arguments << "\n" << r.out;
    EXPECT_NE(r.out.find("--help"), std::string::npos) << arguments;
  }
}

TEST(CommandLine, OutputThatCannotBeWrittenIsAFailure) {
  const Result r = run("methods > /dev/full");
  EXPECT_EQ(r.code, 1);
}

TEST(CommandLine, BenchStepPrintsOneJsonObject) {
  for (const std::string task : {"", " --inference", " --precision fp32 --profile", " --method full"}) {
    const Result r =
        run("bench step --model vit_tiny_patch16_32 --batch 3 --steps 2 --warmup 1 --json" + task);
    ASSERT_EQ(r.code, 0) << r.out;
    const nlohmann::json j = nlohmann::json::parse(r.out);
    for (const char* key :
         {"samples_per_s", "tflops", "gemm_tflops", "fraction_of_gemm", "arena_mb", "peak_rss_mb"}) {
      EXPECT_GT(j.at(key).get<double>(), 0) << key;
    }
    EXPECT_EQ(j.at("frozen_weight_gradients"), 0);
    EXPECT_EQ(j.at("step_seconds").size(), 2u);
    EXPECT_TRUE(j.at("allocations_in_step").is_null() || j.at("allocations_in_step") == 0);
    EXPECT_EQ(j.contains("profile"), task.find("--profile") != std::string::npos);
  }
}

TEST(CommandLine, BenchGroupPrintsOneJsonObject) {
  const Result r =
      run("bench group --batch 2 --points 99 --groups 7 --group-size 5 --threads 2 --repeat 3 --json");
  ASSERT_EQ(r.code, 0) << r.out;
  const nlohmann::json j = nlohmann::json::parse(r.out);
  for (const char* key : {"farthest_points_ms", "nearest_points_ms", "group_ms"}) {
    EXPECT_GT(j.at(key).get<double>(), 0) << key;
  }
  EXPECT_EQ(j.at("nearest_points_seconds").size(), 3u);
}

}  // namespace
