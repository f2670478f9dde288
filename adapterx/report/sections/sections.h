// The sections of the page, one a file, in the order shown. Each gives its HTML, or "" where the run has
// nothing to show in it; all text in it is escaped.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapterx/report/run_data.h"

namespace ax {

struct Section {
  std::string id, title, html;  // without heading
};

std::string overview_section(const RunRecord& run);    // facts, warnings, headline numbers
std::string parameters_section(const RunRecord& run);  // what is trained
std::string curves_section(const RunRecord& run);      // loss, accuracy, learning rate ... over epochs
std::string confusion_section(const RunRecord& run);   // confusion matrix, classes, pairs most often confused
std::string mistakes_section(const RunRecord& run);    // most confident mistakes
std::string experts_section(const RunRecord& run);     // share of sub-tokens per expert and block
std::string routing_section(const RunRecord& run);     // which expert each patch of an image went to
std::string clouds_section(const RunRecord& run);  // point clouds to turn, and the experts of their patches
std::string config_section(const RunRecord& run);

}  // namespace ax
