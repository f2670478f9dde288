// Stacked areas: how shares of one whole change over epochs, as inline SVG. The first share lies at the
// bottom.
#pragma once

#include <string>
#include <vector>

namespace ax {

struct AreaChart {
  std::string title;                       // for screen readers
  std::vector<double> x;                   // epochs, increasing, two at least
  std::vector<std::vector<double>> share;  // for each epoch a share for each part, of sum 1
  std::vector<std::string> names;          // of the parts; stand beside areas that are thick enough
  std::vector<std::string> colors;
  bool small = false;  // no axes and names: one of many, 200 x 100
};

std::string area_chart(const AreaChart& chart);

}  // namespace ax
