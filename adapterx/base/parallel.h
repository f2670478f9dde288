// Threads, by OpenMP. Work is cut into one contiguous range a thread, always the same cut for the same
// thread count, so that results are the same bits from run to run.
#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>

namespace ax {

inline int thread_count() { return omp_get_max_threads(); }
inline void set_thread_count(int n) { omp_set_num_threads(std::max(1, n)); }

// Sets the thread count of the calling thread's parallel work while it lives.
class ThreadCount {
 public:
  explicit ThreadCount(int n) : outer_(thread_count()) { set_thread_count(n); }
  ~ThreadCount() { set_thread_count(outer_); }
  ThreadCount(const ThreadCount&) = delete;
  ThreadCount& operator=(const ThreadCount&) = delete;

 private:
  int outer_;
};

// Calls body(begin, end, thread) on disjoint ranges covering [0, n); each but the last is a multiple of
// `grain` long. Runs on the calling thread alone where n <= grain.
template <class Body>
void parallel_ranges(int64_t n, int64_t grain, const Body& body) {
  const int64_t units = (n + grain - 1) / grain;
  if (units <= 1 || thread_count() == 1) {
    if (n > 0) body(int64_t{0}, n, 0);
    return;
  }
#pragma omp parallel
  {
    const int64_t threads = omp_get_num_threads();
    const int64_t t = omp_get_thread_num();
    const int64_t begin = units * t / threads * grain;
    const int64_t end = std::min(n, units * (t + 1) / threads * grain);
    if (begin < end) body(begin, end, static_cast<int>(t));
  }
}

}  // namespace ax
