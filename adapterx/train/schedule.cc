#include "adapterx/train/schedule.h"

#include <cmath>
#include <numbers>
#include <string>

#include "adapterx/base/error.h"

namespace ax {

Schedule::Schedule(const ScheduleOptions& options, int64_t steps) : options_(options), steps_(steps) {
  const ScheduleOptions& o = options_;
  if (steps < 1) fail("schedule: expected 1 step an epoch or more, got {}", steps);
  if (o.epochs < 1) fail("schedule: expected 1 epoch or more, got {}", o.epochs);
  if (o.warmup_epochs < 0 || (o.warmup_epochs > 0 && o.warmup_epochs >= o.epochs)) {
    fail("schedule: expected a warm-up shorter than the {} epochs, got {}", o.epochs, o.warmup_epochs);
  }
  if (!(o.min_lr >= 0) || !(o.warmup_lr >= 0) || !(o.lr >= o.min_lr) || !std::isfinite(o.lr)) {
    fail("schedule: expected 0 <= min_lr <= lr and 0 <= warmup_lr, got lr {}, min_lr {}, warmup_lr {}", o.lr,
         o.min_lr, o.warmup_lr);
  }
}

double Schedule::lr(int64_t step) const {
  const ScheduleOptions& o = options_;
  const int64_t scale = o.unit == ScheduleUnit::step ? steps_ : 1;
  const auto t = static_cast<double>(o.unit == ScheduleUnit::step ? step : step / steps_);
  const auto warmup = static_cast<double>(o.warmup_epochs * scale);
  const auto total = static_cast<double>(o.epochs * scale);
  if (t < warmup) return o.warmup_lr + t * (o.lr - o.warmup_lr) / warmup;
  if (t >= total) return o.min_lr;
  return o.min_lr + 0.5 * (o.lr - o.min_lr) * (1 + std::cos(std::numbers::pi * t / total));
}

}  // namespace ax
