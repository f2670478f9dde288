#include "adapterx/report/run_folder.h"

#include <algorithm>

#include "adapterx/base/error.h"
#include "adapterx/io/atomic_file.h"
#include "adapterx/io/file_bytes.h"
#include "adapterx/report/epoch_log.h"
#include "adapterx/report/page.h"
#include "adapterx/report/run_json.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

constexpr const char* kConfig = "config.toml";
constexpr const char* kLog = "log.jsonl";
constexpr const char* kSummary = "summary.csv";
constexpr const char* kResult = "result.json";
constexpr const char* kFindings = "report_data.json";
constexpr const char* kPage = "report.html";

bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

// "" where there is no such file.
std::string read_file(const fs::path& path) {
  if (!is_there(path)) return "";
  const FileBytes file = FileBytes::map(path);
  return {reinterpret_cast<const char*>(file.bytes().data()), file.size()};
}

std::vector<EpochRecord> read_log(const fs::path& path) { return parse_log(path.string(), read_file(path)); }

// None where there is no such file.
RunFacts read_facts(const fs::path& path) {
  return is_there(path) ? parse_result(path.string(), read_file(path)) : RunFacts();
}

// Of what killed processes have left half written.
void remove_stale(const fs::path& run) {
  for (const fs::path& folder : {run, run / "last", run / "best"}) remove_stale_files(folder);
}

void require_folder(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) fail("{}: expected the folder of a run, got no folder", path.string());
}

}  // namespace

void RunFolder::expect_empty(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return;
  fs::directory_iterator i(path, error);
  for (const fs::directory_iterator end; !error && i != end; i.increment(error)) {
    if (is_temporary_file(i->path())) continue;
    fail("{}: expected a new or empty folder, got one with `{}`; resume the run or name another folder",
         path.string(), i->path().filename().string());
  }
  if (error) fail("{}: cannot read: {}", path.string(), error.message());
}

RunFolder RunFolder::create(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error && !fs::is_directory(path)) fail("{}: cannot create: {}", path.string(), error.message());
  expect_empty(path);
  remove_stale(path);
  return RunFolder(path);
}

RunFolder RunFolder::resume(const fs::path& path, int64_t epoch) {
  require_folder(path);
  remove_stale(path);
  RunFolder folder(path);
  folder.epochs_ = read_log(path / kLog);
  std::erase_if(folder.epochs_, [&](const EpochRecord& record) { return record.epoch > epoch; });
  std::string text;
  for (const EpochRecord& record : folder.epochs_) text += log_line(record) + "\n";
  write_atomically(path / kLog, text);
  folder.write_summary();
  return folder;
}

void RunFolder::write_config(std::string_view toml) const { write_atomically(path_ / kConfig, toml); }

RunFacts RunFolder::facts() const { return read_facts(path_ / kResult); }

void RunFolder::write_result(const RunFacts& facts) const {
  write_atomically(path_ / kResult, result_json(facts));
}

void RunFolder::write_findings(const Findings& findings) const {
  write_atomically(path_ / kFindings, findings_json(findings));
}

void RunFolder::append(const EpochRecord& record) {
  const int64_t last = epochs_.empty() ? 0 : epochs_.back().epoch;
  if (record.epoch <= last) fail("{}: expected an epoch above {}, got {}", kLog, last, record.epoch);
  append_log(path_ / kLog, log_line(record));
  epochs_.push_back(record);
  write_summary();
}

void RunFolder::write_summary() const { write_atomically(path_ / kSummary, summary_csv(epochs_)); }

void RunFolder::write_report() const { ax::write_report(path_, path_ / kPage); }

RunRecord load_run(const fs::path& path) {
  require_folder(path);
  if (!is_there(path / kLog) && !is_there(path / kResult)) {
    fail("{}: expected the folder of a run, with {} or {}, got neither", path.string(), kLog, kResult);
  }
  RunRecord run;
  run.epochs = read_log(path / kLog);
  run.config = read_file(path / kConfig);
  run.facts = read_facts(path / kResult);
  if (is_there(path / kFindings)) {
    run.findings = parse_findings((path / kFindings).string(), read_file(path / kFindings));
  }
  return run;
}

void write_report(const fs::path& run_folder, const fs::path& page) {
  write_atomically(page, report_page(load_run(run_folder)));
}

}  // namespace ax
