// AtomicFile: a file that readers see whole or not at all. It is written under a temporary name in the same
// folder, synced, then renamed over the old one; what was there before stays until then.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace ax {

class AtomicFile {
 public:
  // Throws Error, naming the file and the system's reason, as do write and commit; and where the path is a
  // device, a pipe or a socket, which a file would replace.
  explicit AtomicFile(const std::filesystem::path& path);
  ~AtomicFile();  // without commit: the temporary file is removed
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(const void* data, size_t size);
  void commit();

 private:
  [[noreturn]] void fail_errno(std::string_view what) const;

  std::filesystem::path path_;
  std::string temporary_;
  int fd_ = -1;
  bool committed_ = false;
};

// Throws Error where `out`, which is to be written, is the file `in`, which is read for it: under another
// path or through a link, too.
void expect_other_file(const std::filesystem::path& out, const std::filesystem::path& in);

// The whole text, in one go.
void write_atomically(const std::filesystem::path& path, std::string_view text);

// Whether the name is that of a temporary file of an AtomicFile, of any process.
bool is_temporary_file(const std::filesystem::path& path);

// Removes the temporary files in a folder that processes which were killed have left; those of other living
// processes stay. A folder that isn't there has none.
void remove_stale_files(const std::filesystem::path& folder);

namespace internal {

// For tests of what a failing disk leaves behind: of the calls that AtomicFiles make of the system (open,
// write, fsync, close, rename) the n-th from now, counted from 0, fails with `error` (ENOSPC ...), as every
// later one does until disarmed with n < 0. Returns how many calls there were since the last time.
int64_t fail_file_calls(int64_t n, int error = 0);

}  // namespace internal
}  // namespace ax
