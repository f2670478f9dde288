// FolderLock: one suite at a time in a folder. Children hold the lock, too: what a killed suite has left
// running ends first.
#pragma once

#include <filesystem>

namespace ax {

class FolderLock {
 public:
  // Makes the folder where it isn't there. Waits 10 seconds for another's lock; then, and where the file
  // can't be made, throws Error.
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int fd_ = -1;
};

}  // namespace ax
