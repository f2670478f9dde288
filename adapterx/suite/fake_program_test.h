// For tests of what starts programs: a shell script in place of adapterx, and a suite's runs for it to make.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "adapterx/report/run_folder.h"
#include "adapterx/suite/suite_plan.h"

namespace ax::testing {

class FakeProgram : public ::testing::Test {
 protected:
  FakeProgram()
      : folder_(std::filesystem::temp_directory_path() / ("ax_fake_program_" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~FakeProgram() override { std::filesystem::remove_all(folder_); }

  // `script`: what /bin/sh runs; $HERE is the test's folder.
  std::filesystem::path program(const std::string& script) const {
    const std::filesystem::path file = folder_ / "program";
    std::ofstream(file) << "#!/bin/sh\nHERE=" << folder_.string() << "\n" << script;
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    return file;
  }

  // What a script does to run as the program would: of `train ... --out FOLDER ...` $out is the folder, and
  // the files that prepare() has put aside for it become its own.
  static constexpr const char* kMakesRuns = R"(
while [ $# -gt 0 ]; do [ "$1" = --out ] && out=$2; shift; done
echo "$out" >>"$HERE/begun"
make() { mkdir -p "$out" && cp "$HERE/prepared$out"/* "$out"/; }
)";

  SuiteRun run(const std::string& task, uint64_t seed, double lr = 0.5) const {
    SuiteRun r{task, "full", seed, folder_ / "out" / task / "full" / ("seed-" + std::to_string(seed)), {}};
    r.config.data.path = task;
    r.config.method.name = "full";
    r.config.train.lr = lr;
    r.config.train.seed = seed;
    r.config.train.out = r.folder.string();
    return r;
  }

  // The files of the run, finished with this accuracy, or only begun.
  static void write_run(const SuiteRun& r, const std::filesystem::path& folder, double accuracy,
                        bool finished = true, const std::string& split = "test") {
    const RunFolder files = RunFolder::create(folder);
    files.write_config(to_toml(r.config));
    RunFacts facts;
    facts.finished = finished;
    facts.method = r.config.method.name;
    facts.accuracy = accuracy;
    facts.accuracy_split = split;
    files.write_result(facts);
  }
  void prepare(const SuiteRun& r, double accuracy, const std::string& split = "test") const {
    write_run(r, folder_.string() + "/prepared" + r.folder.string(), accuracy, true, split);
  }

  std::string read(const std::filesystem::path& file) const {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  // The folders of the runs that the program was called for, in order.
  std::vector<std::string> begun() const {
    std::ifstream in(folder_ / "begun");
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }

  std::filesystem::path folder_;
};

}  // namespace ax::testing
