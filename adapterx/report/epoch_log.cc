#include "adapterx/report/epoch_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>

#include "adapterx/report/epoch_fields.h"
#include "adapterx/report/json_fields.h"

namespace ax {
namespace {

ExpertUse parse_expert_use(const Json& rows) {
  ExpertUse use;
  for (const Json& row : rows) {
    if (!row.is_array()) fail("`expert_use`: expected an array for each block, got {}", row.type_name());
    ++use.blocks;
    if (use.blocks == 1) use.experts = static_cast<int64_t>(row.size());
    if (static_cast<int64_t>(row.size()) != use.experts) {
      fail("`expert_use`: block {}: expected {} experts, got {}", use.blocks - 1, use.experts, row.size());
    }
    for (const Json& share : row) use.share.push_back(json_value<double>(share, "expert_use"));
  }
  check(use);
  return use;
}

EpochRecord parse_line(std::string_view line) {
  const Json object = Json::parse(line, nullptr, false);
  if (object.is_discarded() || !object.is_object())
    fail("expected a JSON object, got `{}`", line.substr(0, 40));
  EpochRecord record;
  read_field(object, "epoch", record.epoch);
  for (const EpochField& field : kEpochFields) read_field(object, field.name, record.*field.value);
  record.expert_use = parse_expert_use(json_array(object, "expert_use"));
  return record;
}

class LogFile {
 public:
  explicit LogFile(const std::filesystem::path& path)
      : path_(path), fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) {
    if (fd_ < 0) fail("{}: cannot open: {}", path_.string(), std::strerror(errno));
    size_ = ::lseek(fd_, 0, SEEK_END);
  }
  ~LogFile() { ::close(fd_); }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  void append(std::string_view text) {
    while (!text.empty()) {
      const ssize_t n = ::write(fd_, text.data(), text.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) fail_errno("write");
      text.remove_prefix(static_cast<size_t>(n));
    }
    if (::fsync(fd_) != 0 && errno != EINVAL && errno != EROFS) fail_errno("sync");
  }

 private:
  [[noreturn]] void fail_errno(std::string_view what) {
    const int error = errno;
    if (::ftruncate(fd_, size_) != 0) {
      fail("{}: cannot {}: {}; the last line is incomplete", path_.string(), what, std::strerror(error));
    }
    fail("{}: cannot {}: {}", path_.string(), what, std::strerror(error));
  }

  std::filesystem::path path_;
  int fd_;
  off_t size_ = 0;
};

}  // namespace

std::string log_line(const EpochRecord& record) {
  Json object;
  object["epoch"] = record.epoch;
  for (const EpochField& field : kEpochFields) {
    const double value = record.*field.value;
    if (std::isfinite(value)) object[field.name] = value;
  }
  if (!record.expert_use.empty()) {
    const ExpertUse& use = record.expert_use;
    check(use);
    Json& rows = object["expert_use"] = Json::array();
    for (auto row = use.share.begin(); row != use.share.end(); row += use.experts) {
      rows.push_back(std::vector<double>(row, row + use.experts));
    }
  }
  return json_text(object);
}

std::vector<EpochRecord> parse_log(const std::string& name, std::string_view text) {
  std::vector<EpochRecord> records;
  for (size_t line = 1;; ++line) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return records;
    const std::string_view content = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (content.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    try {
      EpochRecord record = parse_line(content);
      const int64_t last = records.empty() ? 0 : records.back().epoch;
      if (record.epoch <= last) fail("expected `epoch` above {}, got {}", last, record.epoch);
      records.push_back(std::move(record));
    } catch (const Error& error) {
      fail("{}:{}: {}", name, line, error.what());
    }
  }
}

void append_log(const std::filesystem::path& path, const std::string& line) {
  LogFile(path).append(line + "\n");
}

std::string summary_csv(const std::vector<EpochRecord>& epochs) {
  std::string text = "epoch";
  for (const EpochField& field : kEpochFields) text += fmt::format(",{}", field.name);
  text += '\n';
  for (const EpochRecord& record : epochs) {
    text += fmt::format("{}", record.epoch);
    for (const EpochField& field : kEpochFields) {
      const double value = record.*field.value;
      text += std::isfinite(value) ? fmt::format(",{}", value) : ",";
    }
    text += '\n';
  }
  return text;
}

}  // namespace ax
