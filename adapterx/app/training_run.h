// A run of training as people know it: the loop of train/trainer.h and all that its folder holds beside the
// loop's own files.
//
//   config.toml, result.json   from the start on
//   log.jsonl, summary.csv     with each epoch
//   report_data.json           the findings, where samples were tested
//   report.html                at the end
#pragma once

#include <atomic>
#include <filesystem>

#include "adapterx/train/trainer.h"

namespace ax {

class TrainingRunObserver : public TrainingObserver {
 public:
  // Data and model are open, and nothing is written yet: from here on a stop ends the run with a checkpoint.
  virtual void on_ready() {}
};

// Trains in config.train.out as train() does, which says what is thrown. The observer is told of each event
// after the folder has it. A run that was interrupted has no report.
//
// `resume`: from the checkpoint in the folder, where there is one; else the folder is new or empty, or an
// Error.
TrainingResult run_training(const TrainConfig& config, TrainingRunObserver& observer,
                            const std::atomic<bool>& stop, bool resume = false);

// In a run's folder: the adapter that was kept, and the page.
std::filesystem::path adapter_of_run(const std::filesystem::path& folder);
std::filesystem::path report_of_run(const std::filesystem::path& folder);

// Writes `folder`/backbone.safetensors: what the run trained without its head or decoder, as a file to give
// to
// --weights. Returns its path. Throws Error where the run trained less than a whole backbone.
std::filesystem::path write_trained_backbone(const std::filesystem::path& folder);

}  // namespace ax
