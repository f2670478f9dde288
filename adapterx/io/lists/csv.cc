#include "adapterx/io/lists/csv.h"

#include <string_view>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/io/lists/text_lines.h"

namespace ax {
namespace {

constexpr size_t kMaxFields = 256;

class Parser {
 public:
  explicit Parser(const FileBytes& file) : name_(file.name()), rest_(text_of(file)) {}

  std::vector<CsvRow> rows() {
    std::vector<CsvRow> all;
    while (!rest_.empty()) {
      CsvRow row = next_row();
      if (row.fields.size() > 1 || !row.fields[0].empty()) all.push_back(std::move(row));
    }
    return all;
  }

 private:
  CsvRow next_row() {
    CsvRow row{{}, line_};
    do {
      if (row.fields.size() == kMaxFields)
        fail("{}:{}: expected at most {} fields", name_, line_, kMaxFields);
      skip_spaces();
      row.fields.push_back(take('"') ? quoted() : plain());
    } while (take(','));
    if (!rest_.empty()) ++line_, rest_.remove_prefix(1);
    return row;
  }

  std::string plain() {
    const std::string_view field = trimmed(rest_.substr(0, rest_.find_first_of(",\n")));
    if (field.find('"') != field.npos) {
      fail("{}:{}: expected quotes around a whole field, got `{}`", name_, line_, field.substr(0, 80));
    }
    rest_.remove_prefix(std::min(rest_.find_first_of(",\n"), rest_.size()));
    return std::string(field);
  }

  std::string quoted() {
    const int64_t first = line_;
    std::string field;
    for (;;) {
      const size_t end = rest_.find('"');
      if (end == rest_.npos) fail("{}:{}: a quoted field begins here and does not end", name_, first);
      field += rest_.substr(0, end);
      line_ += std::ranges::count(rest_.substr(0, end), '\n');
      rest_.remove_prefix(end + 1);
      if (!take('"')) break;
      field += '"';
    }
    skip_spaces();
    if (!rest_.empty() && rest_[0] != ',' && rest_[0] != '\n') {
      fail("{}:{}: expected a comma or a line's end after a quoted field, got `{}`", name_, line_, rest_[0]);
    }
    return field;
  }

  bool take(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void skip_spaces() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r"), rest_.size())); }

  const std::string& name_;
  std::string_view rest_;
  int64_t line_ = 1;
};

}  // namespace

std::vector<CsvRow> read_csv(const FileBytes& file) { return Parser(file).rows(); }

}  // namespace ax
