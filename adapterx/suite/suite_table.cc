#include "adapterx/suite/suite_table.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "adapterx/base/error.h"

namespace ax {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kPerCent = 100;

std::string cell(double x, int decimals) {
  return std::isfinite(x) ? fmt::format("{:.{}f}", x, decimals) : "-";
}

// Letters, where each takes one column ("±" is the one that takes two bytes).
size_t columns(const std::string& text) {
  return static_cast<size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string markdown_table(const std::vector<std::vector<std::string>>& lines) {
  std::vector<size_t> widths(lines[0].size(), 3);
  for (const auto& line : lines) {
    for (size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], columns(line[i]));
  }
  std::string text;
  for (size_t n = 0; n < lines.size(); ++n) {
    for (size_t i = 0; i < widths.size(); ++i) {
      const std::string space(widths[i] - columns(lines[n][i]), ' ');
      text += i == 0 ? "| " + lines[n][i] + space : " | " + space + lines[n][i];
    }
    text += " |\n";
    if (n > 0) continue;
    for (size_t i = 0; i < widths.size(); ++i) {
      text += i == 0 ? "|" + std::string(widths[i] + 2, '-') : "|" + std::string(widths[i] + 1, '-') + ":";
    }
    text += "|\n";
  }
  return text;
}

// Accuracies by seed, and what they are above the reference's, if there is one. What is not known is NaN,
// which is written as null.
Json summary(const std::vector<double>& accuracies, const std::vector<double>* reference) {
  const MeanSpread own = mean_spread(accuracies);
  Json out = {{"accuracy", own.mean}, {"accuracy_sd", own.deviation}, {"accuracies", accuracies}};
  if (reference != nullptr) {
    const MeanSpread paired = mean_spread(differences(accuracies, *reference));
    out["difference"] = paired.mean;
    out["difference_sd"] = paired.deviation;
  }
  return out;
}

}  // namespace

std::vector<double> SuiteRow::means() const {
  std::vector<double> all;
  for (size_t seed = 0; !accuracy.empty() && seed < accuracy[0].size(); ++seed) {
    std::vector<double> of_seed;
    for (const auto& task : accuracy) of_seed.push_back(task[seed]);
    all.push_back(mean_of_all(of_seed));
  }
  return all;
}

SuiteTable::SuiteTable(const SuiteConfig& suite, const SuiteChoice& choice)
    : tasks_(choice.tasks), seeds_(choice.seeds) {
  const std::vector<double> none(seeds_.size(), kNotMeasured);
  for (const std::string& name : choice.rows) {
    SuiteRow& row = rows_.emplace_back();
    row.name = name;
    row.accuracy.assign(tasks_.size(), none);
    row.percent.assign(tasks_.size(), kNotMeasured);
    row.percent_without_head = row.percent;
    const auto ablation = std::ranges::find(suite.ablations, name, &SuiteMethod::name);
    row.reference = ablation != suite.ablations.end() ? ablation->base
                    : choice.ablations                ? ""
                                                      : suite.reference;
  }
}

void SuiteTable::add(const SuiteRun& run, const RunFacts& facts) {
  const auto row = std::ranges::find(rows_, run.row, &SuiteRow::name);
  const auto task = std::ranges::find(tasks_, run.task);
  const auto seed = std::ranges::find(seeds_, run.seed);
  if (row == rows_.end() || task == tasks_.end() || seed == seeds_.end()) {
    fail("{}: not of this table", run.folder.string());
  }
  const auto at = static_cast<size_t>(task - tasks_.begin());
  row->accuracy[at][static_cast<size_t>(seed - seeds_.begin())] = facts.accuracy;
  const ParameterTable& p = facts.parameters;
  if (p.backbone <= 0) return;
  const auto percent = [&](int64_t n) {
    return kPerCent * static_cast<double>(n) / static_cast<double>(p.backbone);
  };
  row->percent[at] = percent(p.total());
  row->percent_without_head[at] = percent(p.total() - p.head());
}

const SuiteRow* SuiteTable::reference_of(const SuiteRow& row) const {
  const auto found = std::ranges::find(rows_, row.reference, &SuiteRow::name);
  return found == rows_.end() || found->name == row.name ? nullptr : &*found;
}

std::string SuiteTable::mean_cell(const std::vector<double>& accuracies) const {
  const MeanSpread m = mean_spread(accuracies);
  std::string text = cell(kPerCent * m.mean, 2);
  if (std::isfinite(m.deviation)) text += " ± " + cell(kPerCent * m.deviation, 2);
  if (m.count > 0 && m.count < seeds_.size()) text += fmt::format(" ({} of {})", m.count, seeds_.size());
  return text;
}

std::string SuiteTable::markdown() const {
  std::set<std::string> references;
  for (const SuiteRow& row : rows_) {
    if (const SuiteRow* base = reference_of(row)) references.insert(base->name);
  }
  std::vector<std::vector<std::string>> lines(1);
  lines[0] = {"method", "trained %", "without head %"};
  lines[0].insert(lines[0].end(), tasks_.begin(), tasks_.end());
  lines[0].emplace_back("mean");
  if (!references.empty()) {
    lines[0].push_back("mean - " + (references.size() == 1 ? *references.begin() : "what it changes"));
  }
  for (const SuiteRow& row : rows_) {
    std::vector<std::string>& line = lines.emplace_back();
    line = {row.name, cell(mean_spread(row.percent).mean, 2),
            cell(mean_spread(row.percent_without_head).mean, 2)};
    for (const auto& accuracies : row.accuracy) line.push_back(mean_cell(accuracies));
    line.push_back(mean_cell(row.means()));
    if (references.empty()) continue;
    const SuiteRow* base = reference_of(row);
    std::string paired = base ? mean_cell(differences(row.means(), base->means())) : "";
    if (!paired.empty() && paired[0] != '-') paired.insert(0, "+");
    line.push_back(paired);
  }
  return markdown_table(lines);
}

std::string SuiteTable::json() const {
  Json out = {{"tasks", tasks_}, {"seeds", seeds_}};
  Json& rows = out["rows"] = Json::array();
  for (const SuiteRow& row : rows_) {
    const SuiteRow* base = reference_of(row);
    Json entry = {{"row", row.name},
                  {"reference", base ? Json(base->name) : Json(nullptr)},
                  {"trained_percent", mean_spread(row.percent).mean},
                  {"trained_percent_without_head", mean_spread(row.percent_without_head).mean}};
    for (size_t task = 0; task < tasks_.size(); ++task) {
      Json& place = entry["tasks"][tasks_[task]];
      place = summary(row.accuracy[task], base ? &base->accuracy[task] : nullptr);
      place["trained_percent"] = row.percent[task];
      place["trained_percent_without_head"] = row.percent_without_head[task];
    }
    const std::vector<double> means = base ? base->means() : std::vector<double>();
    entry["mean"] = summary(row.means(), base ? &means : nullptr);
    rows.push_back(std::move(entry));
  }
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace ax
