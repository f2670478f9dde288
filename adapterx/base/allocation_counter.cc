#define AX_ALLOCATION_COUNTER_API_ONLY
#include "adapterx/base/allocation_counter.h"

#include <atomic>

#include "adapterx/base/foreign_allocations.h"

namespace ax {
namespace {
std::atomic<uint64_t> own{0};
std::atomic<uint64_t> foreign{0};
}  // namespace

void count_allocation() {
  (ForeignAllocations::active() ? foreign : own).fetch_add(1, std::memory_order_relaxed);
}

uint64_t allocations_counted() { return own.load(std::memory_order_relaxed); }

uint64_t foreign_allocations_counted() { return foreign.load(std::memory_order_relaxed); }

bool allocation_counting_available() {
  const uint64_t before = allocations_counted() + foreign_allocations_counted();
  void* volatile probe = std::malloc(1);
  std::free(probe);
  return allocations_counted() + foreign_allocations_counted() != before;
}

}  // namespace ax
