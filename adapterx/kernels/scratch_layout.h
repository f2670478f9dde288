// Lays out the parts of a kernel's scratch, each from a 64-byte boundary.
#pragma once

#include <cstddef>

namespace ax::kernels {

class ScratchLayout {
 public:
  // Reserves `bytes`, returns their offset.
  size_t add(size_t bytes) {
    const size_t offset = size_;
    size_ += (bytes + 63) / 64 * 64;
    return offset;
  }
  size_t size() const { return size_; }

 private:
  size_t size_ = 0;
};

inline void* at(void* scratch, size_t offset) { return static_cast<std::byte*>(scratch) + offset; }

}  // namespace ax::kernels
