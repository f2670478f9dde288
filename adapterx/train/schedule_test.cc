// The schedule against timm's CosineLRScheduler (tools/make_schedule_golden.py).
#include "adapterx/train/schedule.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "adapterx/base/error.h"

namespace ax {
namespace {

TEST(Schedule, IsTimms) {
  std::ifstream in(std::string(AX_GOLDEN) + "/schedule.json");
  ASSERT_TRUE(in);
  for (const auto& golden : nlohmann::json::parse(in)) {
    const ScheduleOptions options{
        golden.at("lr"),        golden.at("min_lr"),
        golden.at("epochs"),    golden.at("warmup"),
        golden.at("warmup_lr"), golden.at("unit") == "step" ? ScheduleUnit::step : ScheduleUnit::epoch};
    const int64_t steps = golden.at("steps");
    const Schedule schedule(options, steps);
    const std::vector<double> rates = golden.at("rates");
    for (size_t i = 0; i < rates.size(); ++i) {
      EXPECT_NEAR(schedule.lr(static_cast<int64_t>(i)), rates[i], 1e-12 * options.lr + 1e-15)
          << golden.at("unit") << " " << i;
    }
  }
}

TEST(Schedule, RefusesWhatMakesNoSense) {
  EXPECT_THROW(Schedule({1e-3, 0, 10, 10, 0, ScheduleUnit::epoch}, 5), Error);
  EXPECT_THROW(Schedule({1e-3, 1e-2, 10, 0, 0, ScheduleUnit::epoch}, 5), Error);
  EXPECT_THROW(Schedule({1e-3, 0, 10, 0, 0, ScheduleUnit::epoch}, 0), Error);
}

}  // namespace
}  // namespace ax
