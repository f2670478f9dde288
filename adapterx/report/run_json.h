// result.json and report_data.json. Flat, with the keys that scripts and tables read: method, accuracy,
// trained_parameters, percent (of the backbone, head included), seconds, peak_rss_mb, adapter_bytes.
#pragma once

#include <string>
#include <string_view>

#include "adapterx/report/run_data.h"

namespace ax {

std::string result_json(const RunFacts& facts);
std::string findings_json(const Findings& findings);

// `name`: the file, for errors. Unknown keys are passed over, missing ones keep their defaults.
RunFacts parse_result(const std::string& name, std::string_view text);
Findings parse_findings(const std::string& name, std::string_view text);

}  // namespace ax
