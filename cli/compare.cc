// adapterx compare: runs side by side, a row each.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "adapterx/app/comparison.h"
#include "adapterx/base/text_format.h"
#include "adapterx/io/atomic_file.h"
#include "cli/command.h"
#include "cli/text/table.h"
#include "cli/text/terminal_text.h"

namespace ax::cli {
namespace {

using Json = nlohmann::ordered_json;

struct CompareOptions {
  std::vector<std::string> runs;
  std::string out;
  bool json = false, mean = false;
};

// A number that was not measured, or has no meaning for the run, is null.
Json number(double x) { return std::isfinite(x) ? Json(x) : Json(nullptr); }

Json json_of(const RunSummary& s) {
  return {{"run", s.run},
          {"method", s.method},
          {"accuracy", number(s.accuracy)},
          {"trained_parameters", s.trained_parameters},
          {"percent", number(s.percent)},
          {"seconds", number(s.seconds)},
          {"peak_rss_mb", number(s.peak_rss_mb)},
          {"adapter_bytes", s.adapter_bytes},
          {"seed", s.seed},
          {"finished", s.finished}};
}

Json json_of(const MethodSummary& s) {
  return {{"runs", s.runs},
          {"method", s.method},
          {"accuracy", number(s.accuracy.mean)},
          {"accuracy_sd", number(s.accuracy.deviation)},
          {"accuracy_least", number(s.accuracy_least)},
          {"accuracy_greatest", number(s.accuracy_greatest)},
          {"trained_parameters", s.trained_parameters},
          {"percent", number(s.percent)},
          {"seconds", number(s.seconds)},
          {"peak_rss_mb", number(s.peak_rss_mb)},
          {"adapter_bytes", s.adapter_bytes},
          {"seeds", s.seeds},
          {"finished", s.finished}};
}

std::string cell(double value, int decimals) {
  return std::isfinite(value) ? fmt::format("{:.{}f}", value, decimals) : "-";
}

std::string accuracy_cell(const MeanSpread& accuracy) {
  const std::string mean = cell(100 * accuracy.mean, 2);
  return std::isfinite(accuracy.deviation) ? mean + " ± " + cell(100 * accuracy.deviation, 2) : mean;
}

std::string table_of(const std::vector<MethodSummary>& rows) {
  Table table({{"method"},
               {"accuracy %", true},
               {"trained", true},
               {"% of backbone", true},
               {"seconds", true},
               {"peak MB", true},
               {"adapter", true}});
  for (const MethodSummary& s : rows) {
    const auto bytes = static_cast<uint64_t>(s.adapter_bytes);
    table.add({s.method + (s.finished ? "" : " (unfinished)"), accuracy_cell(s.accuracy),
               count_text(s.trained_parameters), cell(s.percent, 2), cell(s.seconds, 0),
               cell(s.peak_rss_mb, 0), bytes > 0 ? bytes_text(bytes) : "-"});
  }
  return table.text(output_width());
}

void run_compare(const CompareOptions& options) {
  std::vector<RunSummary> runs;
  for (const std::string& folder : options.runs) runs.push_back(summarize_run(folder));
  std::vector<MethodSummary> shown;
  if (options.mean) {
    shown = summarize_methods(runs);
  } else {
    for (const RunSummary& run : runs) shown.push_back(summarize_methods({run}).front());
  }
  Json rows = Json::array();
  for (const RunSummary& run : runs) rows.push_back(json_of(run));
  if (options.mean) {
    for (const MethodSummary& method : shown) rows.push_back(json_of(method));
  }
  const std::string text = rows.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  if (!options.out.empty()) write_atomically(options.out, text);
  fmt::print("{}", options.json ? text : table_of(shown));
}

}  // namespace

void add_compare(CLI::App& app) {
  auto options = std::make_shared<CompareOptions>();
  CLI::App* command = app.add_subcommand("compare", "Compare runs: accuracy, parameters, time, memory");
  command->add_option("runs", options->runs, "Run folders, in the order of the rows")->required();
  command->add_option("--out", options->out, "Write the rows to this JSON file, too");
  command->add_flag("--json", options->json, "Print a JSON array");
  command->add_flag("--mean", options->mean,
                    "A row each method, mean and standard deviation over its runs; the JSON has both");
  command->callback([options] { run_compare(*options); });
}

}  // namespace ax::cli
