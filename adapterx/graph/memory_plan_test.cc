#include "adapterx/graph/memory_plan.h"

#include <gtest/gtest.h>

#include "adapterx/base/rng.h"

namespace ax {
namespace {

TEST(MemoryPlan, BlocksAliveTogetherDoNotOverlap) {
  const Rng rng(3, 0, 0);
  for (uint64_t round = 0; round < 50; ++round) {
    std::vector<Lifetime> blocks;
    for (uint64_t i = 0; i < 60; ++i) {
      const uint64_t draw = (round * 60 + i) * 3;
      const int first = static_cast<int>(rng.bits(draw) % 40);
      blocks.push_back({rng.bits(draw + 1) % 5000, first, first + static_cast<int>(rng.bits(draw + 2) % 15)});
    }
    const MemoryPlan plan = plan_memory(blocks);
    EXPECT_GE(plan.arena_bytes, plan.peak_live_bytes);
    for (size_t a = 0; a < blocks.size(); ++a) {
      EXPECT_EQ(plan.offsets[a] % 64, 0u);
      EXPECT_LE(plan.offsets[a] + blocks[a].bytes, plan.arena_bytes);
      for (size_t b = 0; b < a; ++b) {
        if (blocks[a].last < blocks[b].first || blocks[b].last < blocks[a].first) continue;
        const bool apart = plan.offsets[a] + blocks[a].bytes <= plan.offsets[b] ||
                           plan.offsets[b] + blocks[b].bytes <= plan.offsets[a];
        EXPECT_TRUE(apart) << "round " << round << ": blocks " << a << " and " << b;
      }
    }
  }
}

TEST(MemoryPlan, ReusesMemoryOfWhatIsOver) {
  const MemoryPlan chain = plan_memory({{640, 0, 1}, {640, 1, 2}, {640, 2, 3}, {640, 3, 4}});
  EXPECT_EQ(chain.arena_bytes, 1280u);
  EXPECT_EQ(chain.peak_live_bytes, 1280u);
}

TEST(MemoryPlan, EmptyBlocksAndPlans) {
  EXPECT_EQ(plan_memory({}).arena_bytes, 0u);
  EXPECT_EQ(plan_memory({{0, 0, 5}}).arena_bytes, 0u);
}

}  // namespace
}  // namespace ax
