// Line chart over epochs, as inline SVG: direct labels at the lines' ends, values of each epoch on hovering.
// Colours come from the page's style (classes s0, s1, ...). Drawn for a width of 400 pixels; scales with its
// box.
#pragma once

#include <string>
#include <vector>

#include "adapterx/report/chart_scale.h"

namespace ax {

struct LineSeries {
  std::string name;       // short: stands beside the line
  std::vector<double> y;  // NaN where not measured: the line goes on to the next point
};

struct LineChart {
  std::string title;      // for screen readers
  std::vector<double> x;  // epochs, increasing
  std::vector<LineSeries> series;
  AxisUnit unit = AxisUnit::kNumber;
  bool from_zero = false;
  double ring_x = 0;  // epoch that is ringed on the last series; 0 for none
};

std::string line_chart(const LineChart& chart);

}  // namespace ax
