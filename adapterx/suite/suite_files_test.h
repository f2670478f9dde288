// A suite's file for tests.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "adapterx/base/error_text_test.h"

namespace ax::testing {

inline const std::string kSuite = R"([suite]
weights = "w.safetensors"
seeds = [3, 1]
ablation_seeds = [1]
reference = "full"
[common]
epochs = 10
scale = 2
train_size = 800
[tasks.zebra]
data = "stripes"
lr = 0.5
[tasks.ant]
data = "legs"
augment.flip = 0.5
scale = 5
[methods.raw]
method = "pixel_regression"
size = 9
[methods.full]
lr = 0.25
[methods.adapter]
method = "adaptformer"
rank = 8
[methods.adapter.tasks.ant]
lr = 0.125
[ablations.narrow]
base = "adapter"
rank = 4
[tune]
seeds = [70, 71]
[tune.full]
lr = [1, 2, 3, 4]
[tune.adapter]
lr = [0.1, 0.2]
scale = [1, 10]
)";

class SuiteFiles : public ::testing::Test {
 protected:
  SuiteFiles()
      : folder_(std::filesystem::temp_directory_path() / ("ax_suite_" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~SuiteFiles() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& text, const std::string& name = "suite.toml") const {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }

  // kSuite with the first `part` in place of which `other` stands.
  std::filesystem::path changed(const std::string& part, const std::string& other) const {
    std::string text = kSuite;
    const size_t at = text.find(part);
    EXPECT_NE(at, std::string::npos) << part;
    return write(text.replace(at, part.size(), other));
  }

  template <class Call>
  static void expect_error(const Call& call, const std::string& part) {
    expect_part(error_text(call), part);
  }

  std::filesystem::path folder_;
};

}  // namespace ax::testing
