// What `adapterx train` shows while it runs: what is trained, then a line an epoch on standard output and, on
// a terminal, a progress line on standard error.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "adapterx/app/training_run.h"
#include "cli/text/progress.h"

namespace ax::cli {

class TrainConsole : public TrainingRunObserver {
 public:
  void on_start(const TrainingStart& start) override;
  void on_note(const std::string& lines) override;
  void on_head_start(const HeadStart& head) override;
  void on_step(const StepRecord& step) override;
  void on_epoch(const EpochResult& epoch, const Evaluation*) override;
  void on_evaluation(std::string_view split, int64_t done, int64_t total) override;
  // The run is over: the accuracy on the samples that were tested, if any were.
  void result(const TrainingResult& result);

 private:
  void show(std::string_view what, int64_t done, int64_t total);

  std::string showing_, noun_ = "images";
  bool masked_ = false;
  std::unique_ptr<Progress> progress_;
  int64_t epochs_ = 0, batches_ = 0, epochs_here_ = 0;
  std::chrono::steady_clock::time_point begin_;
};

}  // namespace ax::cli
