// report.html: one file that needs nothing else, in light and dark, on a phone and on paper. A policy in its
// head forbids it to load anything.
#pragma once

#include <string>

#include "adapterx/report/run_data.h"

namespace ax {

// Throws Error where the findings don't fit each other (check()) or an image is neither PNG nor JPEG.
std::string report_page(const RunRecord& run);

}  // namespace ax
