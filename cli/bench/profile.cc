#include "cli/bench/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

namespace ax::cli {

nlohmann::ordered_json profile_json(const Session& session, int steps) {
  struct Row {
    std::string op, phase;
    int calls = 0;
    double seconds = 0, flops = 0;
  };
  std::map<std::pair<std::string, bool>, Row> by_op;
  double total = 0;
  for (const Step& s : session.steps()) {
    Row& row = by_op[{s.op, s.backward}];
    row.op = s.op;
    row.phase = s.backward ? "backward" : "forward";
    ++row.calls;
    row.seconds += s.seconds / steps;
    row.flops += s.flops;
    total += s.seconds / steps;
  }
  std::vector<Row> rows;
  for (auto& [key, row] : by_op) rows.push_back(row);
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.seconds > b.seconds; });
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const Row& r : rows) {
    out.push_back({{"op", r.op},
                   {"phase", r.phase},
                   {"calls", r.calls},
                   {"ms", r.seconds * 1e3},
                   {"percent", 100 * r.seconds / total},
                   {"gflops", r.seconds > 0 ? r.flops / r.seconds / 1e9 : 0}});
  }
  return out;
}

void print_profile(const nlohmann::ordered_json& rows) {
  fmt::print("\n{:<22} {:<9} {:>6} {:>10} {:>6} {:>9}\n", "op", "phase", "calls", "ms", "%", "GFLOP/s");
  for (const auto& r : rows) {
    const double gflops = r["gflops"].get<double>();
    fmt::print("{:<22} {:<9} {:>6} {:>10.2f} {:>6.1f} {:>9}\n", r["op"].get<std::string>(),
               r["phase"].get<std::string>(), r["calls"].get<int>(), r["ms"].get<double>(),
               r["percent"].get<double>(), gflops > 0 ? fmt::format("{:.0f}", gflops) : "");
  }
}

}  // namespace ax::cli
