// The results of a suite as a table: rows the methods, columns the tasks.
#pragma once

#include <string>
#include <vector>

#include "adapterx/report/run_data.h"
#include "adapterx/suite/statistics.h"
#include "adapterx/suite/suite_plan.h"

namespace ax {

struct SuiteRow {
  std::string name;
  std::vector<std::vector<double>> accuracy;  // [tasks][seeds], fractions of one; NaN: no such run
  // [tasks]: trained parameters of the backbone's, with the head and without; NaN: no run, or no backbone.
  std::vector<double> percent, percent_without_head;
  std::string reference;  // the row that it is compared with; "": none

  std::vector<double> means() const;  // [seeds]: over the tasks; NaN where one is missing
};

class SuiteTable {
 public:
  // Of the rows chosen, ablations are compared with what they change, all others with the suite's reference.
  SuiteTable(const SuiteConfig& suite, const SuiteChoice& choice);

  // A finished run's. Runs that were not chosen are an Error.
  void add(const SuiteRun& run, const RunFacts& facts);

  const std::vector<SuiteRow>& rows() const { return rows_; }

  // Markdown, columns aligned: accuracies in per cent, mean ± the sample's standard deviation over the seeds;
  // the last column has the mean over tasks of row - reference, paired by seed. Cells with less than all
  // seeds say how many they have.
  std::string markdown() const;

  // The same in full: {"tasks", "seeds", "rows": [{"row", "reference", "trained_percent",
  // "trained_percent_without_head", "tasks": {NAME: {"accuracy", "accuracy_sd", "accuracies", "difference",
  // "difference_sd", "trained_percent", "trained_percent_without_head"}}, "mean": {accuracies and differences
  // of the mean over tasks}}]}. Missing numbers are null.
  std::string json() const;

 private:
  const SuiteRow* reference_of(const SuiteRow& row) const;  // null: none
  std::string mean_cell(const std::vector<double>& accuracies) const;

  std::vector<std::string> tasks_;
  std::vector<uint64_t> seeds_;
  std::vector<SuiteRow> rows_;
};

}  // namespace ax
