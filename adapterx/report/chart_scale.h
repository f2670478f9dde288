// Axes: ranges, round tick values and their labels.
#pragma once

#include <string>
#include <vector>

namespace ax {

enum class AxisUnit { kNumber, kPercent };  // percent: fractions shown times 100, with the sign

struct Axis {
  double low = 0, high = 1;   // of the data space shown
  double step = 0.1;          // between ticks: 1, 2 or 5 times a power of ten
  std::vector<double> ticks;  // multiples of step within [low, high]
};

// An axis about the finite values, with about `count` ticks, its ends rounded to ticks. Starts at 0 where
// that costs little, and where all are equal: closer than a billionth of the larger one.
Axis value_axis(const std::vector<double>& values, int count);

// From the first to the last epoch (not rounded), ticks at round epochs, and at the first where
// there is room; a single epoch stands in the middle.
Axis epoch_axis(double first, double last, int count);

// "0.25", "12,000", "5e-5", "80 %": as many decimals as the step needs.
std::string tick_label(double value, double step, AxisUnit unit);

// Where `value` lies between `from` (axis.low) and `to` (axis.high).
double position(const Axis& axis, double value, double from, double to);

}  // namespace ax
