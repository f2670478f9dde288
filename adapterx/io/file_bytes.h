// FileBytes: a whole file as read-only memory, mapped, so that opening costs nothing and only what is touched
// is read. Copies share the mapping.
//
// A file that another process shortens while it is mapped ends the program (SIGBUS), as with any mapping.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>

namespace ax {

class FileBytes {
 public:
  // Throws Error naming the file and the system's reason where it can't be opened or is no regular file.
  static FileBytes map(const std::filesystem::path& path);
  // Bytes that the caller keeps alive, under the name that errors will use.
  static FileBytes borrow(std::string name, std::span<const std::byte> bytes) {
    return FileBytes(std::move(name), bytes, nullptr);
  }

  const std::string& name() const { return name_; }  // the path, for errors
  std::span<const std::byte> bytes() const { return bytes_; }
  size_t size() const { return bytes_.size(); }

  // Gives the pages that lie wholly within `part` back to the system; they are read again when touched. Keeps
  // memory low where a large file is copied piece by piece. Does nothing for borrowed bytes or other memory.
  void release(std::span<const std::byte> part) const;

 private:
  FileBytes(std::string name, std::span<const std::byte> bytes, std::shared_ptr<const void> mapping)
      : name_(std::move(name)), bytes_(bytes), mapping_(std::move(mapping)) {}

  std::string name_;
  std::span<const std::byte> bytes_;
  std::shared_ptr<const void> mapping_;
};

}  // namespace ax
