// The learning rate over a run: linear warm-up, then a half cosine down to a floor, as timm's
// CosineLRScheduler has it.
#pragma once

#include <cstdint>

namespace ax {

enum class ScheduleUnit : uint8_t { epoch, step };

struct ScheduleOptions {
  double lr = 1e-3, min_lr = 0;
  int64_t epochs = 1;
  int64_t warmup_epochs = 0;  // the cosine goes on from where it would be without them
  double warmup_lr = 0;       // of the first epoch (or step)
  ScheduleUnit unit = ScheduleUnit::epoch;
};

class Schedule {
 public:
  // `steps`: optimizer steps an epoch. Throws Error on a warm-up that is as long as the run or longer, on
  // rates that are negative or where min_lr is above lr.
  Schedule(const ScheduleOptions& options, int64_t steps);

  // Of one step, counted from 0 over the whole run. By epoch, all of an epoch's steps have the rate of its
  // first.
  double lr(int64_t step) const;

 private:
  ScheduleOptions options_;
  int64_t steps_;
};

}  // namespace ax
