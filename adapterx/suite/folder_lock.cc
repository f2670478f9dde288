#include "adapterx/suite/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "adapterx/base/error.h"

namespace ax {

FolderLock::FolderLock(const std::filesystem::path& folder) {
  constexpr int kTries = 100;
  constexpr unsigned kMicroseconds = 100'000;
  std::filesystem::create_directories(folder);
  const std::filesystem::path path = folder / ".lock";
  fd_ = ::open(path.c_str(), O_RDWR | O_CREAT, 0666);
  if (fd_ < 0) fail("{}: cannot create: {}", path.string(), std::strerror(errno));
  for (int i = 0; i < kTries; ++i) {
    if (::flock(fd_, LOCK_EX | LOCK_NB) == 0) return;
    if (errno != EWOULDBLOCK && errno != EINTR) break;
    ::usleep(kMicroseconds);
  }
  const int reason = errno;
  ::close(fd_);
  if (reason != EWOULDBLOCK) fail("{}: cannot lock: {}", path.string(), std::strerror(reason));
  fail("{}: another suite is at work in this folder", folder.string());
}

FolderLock::~FolderLock() { ::close(fd_); }

}  // namespace ax
