// The record of an epoch of training: the trainer fills it, the log of a run keeps it, the report shows it.
// Numbers that were not measured are NaN, and absent in files. Accuracies and shares are fractions of one,
// learning rates as the optimizer had them, memory in MB of 10^6 bytes.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace ax {

inline constexpr double kNotMeasured = std::numeric_limits<double>::quiet_NaN();

// How the sub-tokens of an evaluation were spread over the experts.
struct ExpertUse {
  int64_t blocks = 0, experts = 0;
  std::vector<double> share;  // [blocks, experts], each row sums to 1; empty for methods without experts

  bool empty() const { return share.empty(); }
  double at(int64_t block, int64_t expert) const {
    return share[static_cast<size_t>(block * experts + expert)];
  }
};

struct EpochRecord {
  int64_t epoch = 0;                 // how many are complete: 1 after the first
  double lr = kNotMeasured;          // of its last step
  double train_loss = kNotMeasured;  // mean over the epoch, the penalty not included
  double penalty = kNotMeasured;     // of the method (balance of experts), as added to the loss
  double train_accuracy = kNotMeasured;
  double gradient_norm = kNotMeasured;  // before clipping, mean over the steps
  // On the validation samples or, with select = test-best, the test samples; NaN at epochs that were not
  // evaluated.
  double val_loss = kNotMeasured, val_accuracy = kNotMeasured;
  double seconds = kNotMeasured;       // of training alone
  double images_per_s = kNotMeasured;  // samples of whatever kind
  double peak_rss_mb = kNotMeasured;
  ExpertUse expert_use;  // on the validation images

  bool evaluated() const { return !std::isnan(val_accuracy); }
};

}  // namespace ax
