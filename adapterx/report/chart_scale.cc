#include "adapterx/report/chart_scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "adapterx/base/text_format.h"
#include "adapterx/report/html_text.h"

namespace ax {
namespace {

double round_step(double width, int count) {
  const double rough = width / std::max(count, 1);
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1., 2., 5.}) {
    if (factor * power >= rough * 0.999) return factor * power;
  }
  return 10 * power;
}

constexpr int kMostTicks = 100;
constexpr double kLeastSpan = 1e-9;  // of the larger end

bool are_equal(double low, double high) {
  return low == high || high - low < kLeastSpan * std::max(std::abs(low), std::abs(high));
}

void add_ticks(Axis& axis) {
  const double slack = axis.step * 1e-6, first = std::ceil((axis.low - slack) / axis.step);
  for (int i = 0; i < kMostTicks; ++i) {
    const double tick = (first + i) * axis.step;
    if (!(tick <= axis.high + slack)) return;
    axis.ticks.push_back(tick == 0 ? 0 : tick);
  }
}

// "5.0e-05" > "5e-5".
std::string scientific(double value) {
  const std::string text = fmt::format("{:.1e}", value);
  const size_t e = text.find('e');
  std::string mantissa = text.substr(0, e);
  if (mantissa.ends_with(".0")) mantissa.resize(mantissa.size() - 2);
  return fmt::format("{}e{}", mantissa, std::stoi(text.substr(e + 1)));
}

}  // namespace

Axis value_axis(const std::vector<double>& values, int count) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  if (low > high) low = 0, high = 1;
  if (low > 0 && low < 0.4 * high) low = 0;
  if (are_equal(low, high)) {
    low = std::min(low, 0.);
    high = high == 0 ? 1 : std::max(high, 0.);
  }
  Axis axis;
  axis.step = round_step(high - low, count);
  axis.low = std::floor(low / axis.step + 1e-6) * axis.step;
  axis.high = std::ceil(high / axis.step - 1e-6) * axis.step;
  add_ticks(axis);
  return axis;
}

Axis epoch_axis(double first, double last, int count) {
  Axis axis;
  if (are_equal(first, last)) {
    const double margin = std::max(0.5, kLeastSpan * std::abs(last));
    axis = {first - margin, last + margin, 1, {}};
    if (margin > 0.5) axis.step = std::max(1., round_step(axis.high - axis.low, count));
  } else {
    axis = {first, last, std::max(1., round_step(last - first, count)), {}};
  }
  add_ticks(axis);
  if (axis.ticks.empty() || axis.ticks.front() - first > 0.6 * axis.step) {
    axis.ticks.insert(axis.ticks.begin(), first);
  }
  return axis;
}

std::string tick_label(double value, double step, AxisUnit unit) {
  if (unit == AxisUnit::kPercent) value *= 100, step *= 100;
  const int decimals = std::max(0, -static_cast<int>(std::floor(std::log10(step) + 1e-9)));
  std::string text;
  if (value == 0) {
    text = "0";
  } else if (decimals > 4 || std::abs(value) >= 1e7) {
    text = scientific(value);
  } else if (decimals == 0) {
    text = count_text(std::llround(value));
  } else {
    text = fmt::format("{:.{}f}", value, decimals);
  }
  return unit == AxisUnit::kPercent ? text + "\xc2\xa0%" : text;
}

double position(const Axis& axis, double value, double from, double to) {
  return from + (value - axis.low) / (axis.high - axis.low) * (to - from);
}

}  // namespace ax
