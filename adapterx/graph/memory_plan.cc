#include "adapterx/graph/memory_plan.h"

#include <algorithm>
#include <numeric>

namespace ax {
namespace {

constexpr size_t kLine = 64;
size_t round_up(size_t bytes) { return (bytes + kLine - 1) / kLine * kLine; }

size_t peak_live(const std::vector<Lifetime>& lifetimes) {
  int end = 0;
  for (const Lifetime& l : lifetimes) end = std::max(end, l.last + 1);
  std::vector<int64_t> change(static_cast<size_t>(end) + 1, 0);
  for (const Lifetime& l : lifetimes) {
    change[static_cast<size_t>(l.first)] += static_cast<int64_t>(round_up(l.bytes));
    change[static_cast<size_t>(l.last) + 1] -= static_cast<int64_t>(round_up(l.bytes));
  }
  int64_t live = 0, peak = 0;
  for (const int64_t c : change) peak = std::max(peak, live += c);
  return static_cast<size_t>(peak);
}

}  // namespace

MemoryPlan plan_memory(const std::vector<Lifetime>& lifetimes) {
  MemoryPlan plan;
  plan.offsets.resize(lifetimes.size());
  plan.peak_live_bytes = peak_live(lifetimes);

  std::vector<size_t> order(lifetimes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return lifetimes[a].bytes > lifetimes[b].bytes; });

  std::vector<size_t> placed;  // by offset
  for (const size_t i : order) {
    const Lifetime& block = lifetimes[i];
    size_t offset = 0;
    for (const size_t j : placed) {
      const Lifetime& other = lifetimes[j];
      if (other.last < block.first || block.last < other.first) continue;
      if (offset + block.bytes <= plan.offsets[j]) break;  // fits in the gap before it
      offset = std::max(offset, plan.offsets[j] + round_up(other.bytes));
    }
    plan.offsets[i] = offset;
    plan.arena_bytes = std::max(plan.arena_bytes, offset + round_up(block.bytes));
    placed.insert(std::upper_bound(placed.begin(), placed.end(), offset,
                                   [&](size_t o, size_t j) { return o < plan.offsets[j]; }),
                  i);
  }
  return plan;
}

}  // namespace ax
