// Where each value of a step lives in the arena: offsets such that values alive at the same time don't
// overlap, chosen largest first at the lowest place that is free ("greedy by size", Pisarchyk and Lee, arXiv
// 2001.03288).
#pragma once

#include <cstddef>
#include <vector>

namespace ax {

// A block of memory needed from the node that writes it first to the node that reads it last, both included.
struct Lifetime {
  size_t bytes = 0;
  int first = 0, last = 0;
};

struct MemoryPlan {
  std::vector<size_t> offsets;  // one a lifetime, multiples of 64
  size_t arena_bytes = 0;
  size_t peak_live_bytes = 0;  // most bytes alive at one node: no plan can be smaller
};

MemoryPlan plan_memory(const std::vector<Lifetime>& lifetimes);

}  // namespace ax
