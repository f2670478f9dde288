// Comma-separated values (RFC 4180): fields may be quoted, and then hold commas, line ends and doubled
// quotes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "adapterx/io/file_bytes.h"

namespace ax {

struct CsvRow {
  std::vector<std::string> fields;
  int64_t line = 0;  // where it begins, counted from 1
};

// Rows end with LF or CRLF; empty lines are passed over, spaces around fields that are not quoted dropped.
// Throws Error with file and line on a quote that is not closed or stands within a field, on a byte 0, and on
// a row of more than 256 fields.
std::vector<CsvRow> read_csv(const FileBytes& file);

}  // namespace ax
