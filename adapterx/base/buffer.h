// Buffer: owned memory, aligned to 64 bytes (2 MiB and huge pages asked for where it is large), zeroed.
#pragma once

#include <cstddef>
#include <memory>

namespace ax {

class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(size_t bytes);  // throws Error naming the size when memory is exhausted

  std::byte* data() const { return data_.get(); }
  template <class T>
  T* as() const {
    return reinterpret_cast<T*>(data_.get());
  }
  size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(std::byte* p) const;
  };
  std::unique_ptr<std::byte, Free> data_;
  size_t size_ = 0;
};

}  // namespace ax
