// adapterx compare: runs side by side, a row each.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "adapterx/base/text_format.h"
#include "adapterx/io/atomic_file.h"
#include "adapterx/report/run_folder.h"
#include "cli/command.h"
#include "cli/seed_means.h"
#include "cli/table.h"
#include "cli/terminal_text.h"

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

Json row_of(const std::string& run) {
  const RunFacts facts = load_run(run).facts;
  const auto total = static_cast<double>(facts.parameters.total());
  const double percent = facts.parameters.backbone > 0
                             ? 100 * total / static_cast<double>(facts.parameters.backbone)
                             : kNotMeasured;
  return {{"run", run},
          {"method", facts.method},
          {"accuracy", number(facts.accuracy)},
          {"trained_parameters", facts.parameters.total()},
          {"percent", number(percent)},
          {"seconds", number(facts.seconds)},
          {"peak_rss_mb", number(facts.peak_rss_mb)},
          {"adapter_bytes", facts.adapter_bytes},
          {"seed", facts.seed},
          {"finished", facts.finished}};
}

std::string cell(const Json& value, int decimals, double factor = 1) {
  return value.is_null() ? "-" : fmt::format("{:.{}f}", factor * value.get<double>(), decimals);
}

std::string accuracy_cell(const Json& row) {
  const std::string mean = cell(row["accuracy"], 2, 100);
  return row.value("accuracy_sd", Json()).is_null() ? mean : mean + " ± " + cell(row["accuracy_sd"], 2, 100);
}

std::string table_of(const Json& rows) {
  Table table({{"method"},
               {"accuracy %", true},
               {"trained", true},
               {"% of backbone", true},
               {"seconds", true},
               {"peak MB", true},
               {"adapter", true}});
  for (const Json& r : rows) {
    const auto bytes = r["adapter_bytes"].get<uint64_t>();
    table.add({r["method"].get<std::string>() + (r["finished"].get<bool>() ? "" : " (unfinished)"),
               accuracy_cell(r), count_text(r["trained_parameters"].get<uint64_t>()), cell(r["percent"], 2),
               cell(r["seconds"], 0), cell(r["peak_rss_mb"], 0), bytes > 0 ? bytes_text(bytes) : "-"});
  }
  return table.text(output_width());
}

void run_compare(const CompareOptions& options) {
  Json rows = Json::array();
  for (const std::string& run : options.runs) rows.push_back(row_of(run));
  const Json shown = options.mean ? seed_means(rows) : rows;
  if (options.mean) rows.insert(rows.end(), shown.begin(), shown.end());
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
