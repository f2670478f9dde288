// Which runs a suite consists of. A run is a folder OUT/TASK/METHOD/seed-S, made by `adapterx train`, or, of
// kPixelRegression, by `adapterx baseline`.
//
// Its seed is that of everything random: of the draw of the training and validation images (data.split_seed;
// data whose files say which are which stay as they are) and of training (train.seed). The spread over seeds
// so includes the draw of the images. A run trains on training and validation images together, keeps its last
// epoch and tests once. A trial of tuning, in OUT/tune/TASK/METHOD/SETTINGS/seed-S, trains on the training
// images and is scored on the validation images, by its last epoch as well, for that is what the final run
// keeps; test images are not opened.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "adapterx/suite/suite_config.h"
#include "adapterx/train/config.h"

namespace ax {

struct SuiteRun {
  std::string task, row;  // row: the method's or ablation's name
  uint64_t seed = 0;
  std::filesystem::path folder;
  TrainConfig config;  // train.threads: 0
  bool of_pixels() const { return config.method.name == kPixelRegression; }
};

// What of the suite is asked for; empty: all. Rows: of the methods, or, with `ablations`, of the ablations
// and the methods that they change.
struct SuiteChoice {
  std::vector<std::string> tasks, rows;
  std::vector<uint64_t> seeds;
  bool ablations = false;
};

// The choice in full, in the order of the file. Throws Error on a name that the suite doesn't have, with the
// nearest one.
SuiteChoice resolve(const SuiteConfig& suite, SuiteChoice choice);

// By seeds, then tasks, then rows: what is done at any time is as even as can be. Throws Error where a method
// can't have its settings.
std::vector<SuiteRun> plan_runs(const SuiteConfig& suite, const SuiteChoice& choice,
                                const std::filesystem::path& out);

struct SuiteTrial {
  SuiteRun run;
  size_t number = 0;     // within the grid
  SuiteSettings values;  // of the grid's settings
};

// Of the chosen methods that have a grid.
std::vector<SuiteTrial> plan_trials(const SuiteConfig& suite, const SuiteChoice& choice,
                                    const std::filesystem::path& out);

}  // namespace ax
