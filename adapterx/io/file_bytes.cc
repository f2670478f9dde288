#include "adapterx/io/file_bytes.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "adapterx/base/error.h"

namespace ax {
namespace {

// An open file, closed at the end of the scope; a mapping outlives it.
class Descriptor {
 public:
  explicit Descriptor(const std::string& path)
      : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (fd_ < 0) fail("{}: cannot open: {}", path, std::strerror(errno));
  }
  ~Descriptor() { ::close(fd_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

FileBytes FileBytes::map(const std::filesystem::path& path) {
  const std::string name = path.string();
  const Descriptor file(name);
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) fail("{}: cannot stat: {}", name, std::strerror(errno));
  if (!S_ISREG(info.st_mode)) {
    fail("{}: expected a file, got {}", name, S_ISDIR(info.st_mode) ? "a folder" : "something else");
  }
  const auto size = static_cast<size_t>(info.st_size);
  if (size == 0) return FileBytes(name, {}, nullptr);
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (data == MAP_FAILED) fail("{}: cannot map {} bytes: {}", name, size, std::strerror(errno));
  std::shared_ptr<const void> mapping(data, [size](const void* p) { ::munmap(const_cast<void*>(p), size); });
  return FileBytes(name, {static_cast<const std::byte*>(data), size}, std::move(mapping));
}

void FileBytes::release(std::span<const std::byte> part) const {
  const auto address = [](const std::byte* p) { return reinterpret_cast<uintptr_t>(p); };
  const std::byte *begin = part.data(), *end = begin + part.size();
  if (!mapping_ || address(begin) < address(bytes_.data()) ||
      address(end) > address(bytes_.data() + bytes_.size())) {
    return;
  }
  const auto page = static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
  const uintptr_t first = (address(begin) + page - 1) / page * page, last = address(end) / page * page;
  if (first < last) ::madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
}

}  // namespace ax
