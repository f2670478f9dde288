// RunFolder: what a run of training writes for people and scripts, and load_run, which reads it back.
//
//   config.toml        the resolved configuration
//   log.jsonl          one JSON object a line and epoch (epoch_log.h), on the disk before append returns
//   summary.csv        the same as a table, without the use of experts
//   result.json        facts and headline numbers (RunFacts); from the start on, with "finished": false
//   report_data.json   confusion matrix, mistakes, routing pictures, point clouds (Findings)
//   report.html        the page (page.h), made of the files above alone
//
// All files but the log are replaced as a whole (io/atomic_file.h): a reader or a crash never finds a half.
// All functions throw Error naming the file and the reason.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "adapterx/report/run_data.h"

namespace ax {

class RunFolder {
 public:
  // An error where the folder exists and holds more than a killed process's temporary files.
  static void expect_empty(const std::filesystem::path& path);
  // Makes the folder and its parents. Error as expect_empty.
  static RunFolder create(const std::filesystem::path& path);
  // Goes on in an existing folder after `epoch`: later lines of the log, and a last one that a crash cut
  // short, are removed.
  static RunFolder resume(const std::filesystem::path& path, int64_t epoch);

  const std::filesystem::path& path() const { return path_; }

  void write_config(std::string_view toml) const;
  void write_result(const RunFacts& facts) const;
  // As written before; where nothing was, those of a run that is not known.
  RunFacts facts() const;
  void write_findings(const Findings& findings) const;
  // Adds a line to the log, which is left as it was where that fails, and rewrites summary.csv. Epochs
  // increase. Append before saving the epoch's checkpoint: then no checkpoint is ahead of the log.
  void append(const EpochRecord& record);
  void write_report() const;

 private:
  explicit RunFolder(std::filesystem::path path) : path_(std::move(path)) {}
  void write_summary() const;

  std::filesystem::path path_;
  std::vector<EpochRecord> epochs_;
};

// Reads what the folder has: result.json or log.jsonl must be there, the others may be missing. A last line
// of the log without its end, the mark of a run that was killed, is left out; any other damage is an error
// with file and line.
RunRecord load_run(const std::filesystem::path& path);

// load_run, then page: what `adapterx report` does.
void write_report(const std::filesystem::path& run_folder, const std::filesystem::path& page);

}  // namespace ax
