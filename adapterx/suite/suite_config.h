// SuiteConfig: what a suite of fine-tunings consists of: tasks, methods, seeds and the settings of each. Read
// from TOML:
//
//   [suite]                    weights (none: suite/suite_backbone.h), seeds, reference, tuned,
//   ablation_seeds [common]                   settings of all runs, as key=value of `adapterx train` has them
//   [tasks.NAME]               data, and settings of this task
//   [methods.NAME]             method (NAME, where it isn't given), and settings
//   [methods.NAME.tasks.TASK]  settings of the method on one task
//   [ablations.NAME]           base, one of the methods, and the settings that differ from it
//   [tune]                     seeds
//   [tune.NAME]                the grid of a method: a list of values for each setting
//
// `data` stands for data.path. Settings of a method in [common] and [tasks.NAME] are for those methods that
// have them. Later ones win: common, task, method, method on the task, tuned, ablation; what the command line
// sets of a method wins over what the file and the tuned one say of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ax {

// The name of the method that is no method: logistic regression on raw pixels (`adapterx baseline`).
inline constexpr const char* kPixelRegression = "pixel_regression";

struct SuiteSetting {
  std::string key, value;  // "lr", "0.001"
  std::string where;       // "configs/transfer.toml:12", for errors
  bool from_command_line = false;
};
using SuiteSettings = std::vector<SuiteSetting>;

struct SuiteTask {
  std::string name;
  std::string where;
  SuiteSettings settings;
};

struct SuiteMethod {
  std::string name;    // of its row
  std::string method;  // one of methods(), or kPixelRegression
  std::string base;    // of ablations: the name of the row that they change; else ""
  SuiteSettings settings;
  std::map<std::string, SuiteSettings> on_task;
};

struct TuningGrid {
  struct Axis {
    std::string key;
    std::vector<std::string> values;
    std::string where;
  };
  std::string method;  // name of a row
  std::vector<Axis> axes;

  size_t trials() const;  // the product of the lists' lengths
};

struct SuiteConfig {
  std::string weights;
  std::vector<uint64_t> seeds, ablation_seeds;
  std::string reference;  // the row that the others are compared with
  SuiteSettings common;
  std::vector<SuiteTask> tasks;  // these three in the order of the file
  std::vector<SuiteMethod> methods, ablations;
  std::vector<uint64_t> tune_seeds;
  std::vector<TuningGrid> grids;
};

// `changes`: "tasks.caltech101.data=photos/" texts that replace or add a value; sections must be there.
// `with_tuned`: the file that [suite] names under `tuned` ("": none) is read, too: [methods.NAME.tasks.TASK]
// alone.
// Throws Error with file and line on what is not TOML, on unknown sections, tasks, methods and keys (with the
// nearest name), on settings that the suite decides itself (seed, out ...), and on grids whose numbers of
// trials differ: each method is to be tuned with the same care.
SuiteConfig read_suite(const std::filesystem::path& file, const std::vector<std::string>& changes = {},
                       bool with_tuned = true);

}  // namespace ax
