#include "adapterx/io/atomic_file.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "adapterx/base/error.h"

namespace ax {
namespace {

std::atomic<int64_t> calls{0}, first_failure{-1};
std::atomic<int> failure{0};

// Whether the system's next call is to fail; then errno is set.
bool is_failing() {
  const int64_t call = calls++;
  if (first_failure < 0 || call < first_failure) return false;
  errno = failure;
  return true;
}

// Of NAME.tmp<process>-<number>: the process.
std::optional<pid_t> process_of(const std::string& name) {
  constexpr std::string_view kMark = ".tmp";
  const size_t mark = name.rfind(kMark);
  if (mark == std::string::npos) return {};
  const char* const end = name.data() + name.size();
  pid_t process = 0;
  int number = 0;
  const auto first = std::from_chars(name.data() + mark + kMark.size(), end, process);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '-' || process <= 0) return {};
  const auto second = std::from_chars(first.ptr + 1, end, number);
  if (second.ec != std::errc() || second.ptr != end || number < 0) return {};
  return process;
}

bool is_another_alive(pid_t process) {
  return process != ::getpid() && (::kill(process, 0) == 0 || errno != ESRCH);
}

}  // namespace

bool is_temporary_file(const std::filesystem::path& path) {
  return process_of(path.filename().string()).has_value();
}

void remove_stale_files(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> stale;
  for (std::filesystem::directory_iterator i(folder, error), end; !error && i != end; i.increment(error)) {
    const std::optional<pid_t> process = process_of(i->path().filename().string());
    std::error_code unknown;
    if (process && !is_another_alive(*process) && i->is_regular_file(unknown)) stale.push_back(i->path());
  }
  for (const std::filesystem::path& path : stale) std::filesystem::remove(path, error);
}

namespace internal {

int64_t fail_file_calls(int64_t n, int error) {
  failure = error;
  first_failure = n;
  return calls.exchange(0);
}

}  // namespace internal

AtomicFile::AtomicFile(const std::filesystem::path& path) : path_(path) {
  std::error_code unknown;
  if (std::filesystem::is_other(path, unknown)) {
    fail("{}: expected a file to write, got a device, pipe or socket", path.string());
  }
  static std::atomic<int> count{0};
  do {  // a crashed process of our id may have left a file: take the next name
    temporary_ = path.string() + fmt::format(".tmp{}-{}", ::getpid(), count++);
    fd_ = is_failing() ? -1 : ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (fd_ < 0 && errno == EEXIST);
  if (fd_ < 0) fail_errno("create");
}

void expect_other_file(const std::filesystem::path& out, const std::filesystem::path& in) {
  std::error_code missing;
  if (std::filesystem::equivalent(out, in, missing)) {
    fail("{}: is what is read; expected another file to write", out.string());
  }
}

AtomicFile::~AtomicFile() {
  if (fd_ >= 0) ::close(fd_);
  if (!committed_) ::unlink(temporary_.c_str());
}

void AtomicFile::write(const void* data, size_t size) {
  const char* p = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t n = is_failing() ? -1 : ::write(fd_, p, size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_errno("write");
    p += n;
    size -= static_cast<size_t>(n);
  }
}

void AtomicFile::commit() {
  if (is_failing() || ::fsync(fd_) != 0) fail_errno("sync");
  if (::close(std::exchange(fd_, -1)) != 0 || is_failing()) fail_errno("close");
  if (is_failing() || ::rename(temporary_.c_str(), path_.c_str()) != 0) fail_errno("rename");
  committed_ = true;
  const std::filesystem::path folder = path_.has_parent_path() ? path_.parent_path() : ".";
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;  // a folder we may not read: the rename stands
  ::fsync(fd);
  ::close(fd);
}

void write_atomically(const std::filesystem::path& path, std::string_view text) {
  AtomicFile file(path);
  file.write(text.data(), text.size());
  file.commit();
}

void AtomicFile::fail_errno(std::string_view what) const {
  fail("{}: cannot {}: {}", path_.string(), what, std::strerror(errno));
}

}  // namespace ax
