// log.jsonl and summary.csv: the record of each epoch as a line of JSON and as a row of a table.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/report/run_data.h"

namespace ax {

// {"epoch":1,"lr":0.001,...,"expert_use":[[0.1,...],...]} without line end. What was not measured is left
// out; numbers read back equal.
std::string log_line(const EpochRecord& record);

// The records of a log, `name` being the file for errors ("log.jsonl:7: ..."). Unknown keys are passed over;
// epochs must increase. Text after the last line end is a line cut short by a crash, and left out.
std::vector<EpochRecord> parse_log(const std::string& name, std::string_view text);

// Appends a line and its end and waits until it is on the disk. On error the file is cut to what it was.
void append_log(const std::filesystem::path& path, const std::string& line);

// Title row and a row an epoch, comma separated; empty cells where nothing was measured.
std::string summary_csv(const std::vector<EpochRecord>& epochs);

}  // namespace ax
