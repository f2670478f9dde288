// Marks a stretch of code whose heap allocations are a library's, not ours: allocation_counter.h books them
// apart. The mark is process-wide, so that it also covers the library's worker threads; it is meant for
// programs with one stream of work. It costs one atomic increment where nothing is counted.
#pragma once

#include <atomic>

namespace ax {

class ForeignAllocations {
 public:
  ForeignAllocations() { depth_.fetch_add(1, std::memory_order_relaxed); }
  ~ForeignAllocations() { depth_.fetch_sub(1, std::memory_order_relaxed); }
  ForeignAllocations(const ForeignAllocations&) = delete;
  ForeignAllocations& operator=(const ForeignAllocations&) = delete;

  static bool active() { return depth_.load(std::memory_order_relaxed) > 0; }

 private:
  inline static std::atomic<int> depth_{0};
};

}  // namespace ax
