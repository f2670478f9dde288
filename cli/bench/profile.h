// Where a session's time goes, by kind of op.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "adapterx/graph/session.h"

namespace ax::cli {

// An array of rows {op, phase, calls, ms, percent, gflops}, per step, slowest first; needs a session that was
// run `steps` times with profiling on.
nlohmann::ordered_json profile_json(const Session& session, int steps);

void print_profile(const nlohmann::ordered_json& rows);

}  // namespace ax::cli
