#include "adapterx/base/allocation_counter.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

#include "adapterx/base/foreign_allocations.h"

namespace ax {
namespace {

template <class Body>
std::pair<uint64_t, uint64_t> counted(const Body& body) {
  const uint64_t own = allocations_counted(), foreign = foreign_allocations_counted();
  body();
  return {allocations_counted() - own, foreign_allocations_counted() - foreign};
}

using Counts = std::pair<uint64_t, uint64_t>;

class AllocationCounterTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!allocation_counting_available()) GTEST_SKIP() << "not counted here";
  }
};

TEST(AllocationCounting, AvailableOnPlainGlibc) {
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_TRUE(allocation_counting_available());
#else
  EXPECT_FALSE(allocation_counting_available());
#endif
}

TEST_F(AllocationCounterTest, NothingCountsNothing) {
  volatile int x = 0;
  EXPECT_EQ(counted([&] { x = x + 1; }), Counts(0, 0));
}

TEST_F(AllocationCounterTest, EveryFunctionOfTheFamilyCountsOnce) {
  void* volatile p = nullptr;
  EXPECT_EQ(counted([&] { p = std::malloc(10); }), Counts(1, 0));
  EXPECT_EQ(counted([&] { p = std::realloc(p, 1000); }), Counts(1, 0));
  EXPECT_EQ(counted([&] { std::free(p); }), Counts(0, 0));
  EXPECT_EQ(counted([&] { p = std::calloc(3, 5); }), Counts(1, 0));
  EXPECT_EQ(static_cast<char*>(p)[14], 0);
  std::free(p);
  EXPECT_EQ(counted([&] { p = std::aligned_alloc(256, 512); }), Counts(1, 0));
  EXPECT_EQ(reinterpret_cast<uintptr_t>(p) % 256, 0u);
  std::free(p);
  void* q = nullptr;
  EXPECT_EQ(counted([&] { ASSERT_EQ(posix_memalign(&q, 128, 100), 0); }), Counts(1, 0));
  EXPECT_EQ(reinterpret_cast<uintptr_t>(q) % 128, 0u);
  std::free(q);
  EXPECT_NE(posix_memalign(&q, 3, 100), 0);
}

TEST_F(AllocationCounterTest, OperatorNewCounts) {
  std::unique_ptr<std::vector<int>> v;
  EXPECT_EQ(counted([&] { v = std::make_unique<std::vector<int>>(100); }), Counts(2, 0));
}

TEST_F(AllocationCounterTest, ForeignScopesAreBookedApart) {
  void* volatile p = nullptr;
  const auto allocate = [&] {
    p = std::malloc(8);
    std::free(p);
  };
  EXPECT_EQ(counted([&] {
              const ForeignAllocations outer;
              {
                const ForeignAllocations inner;
                allocate();
              }
              allocate();
            }),
            Counts(0, 2));
  EXPECT_EQ(counted(allocate), Counts(1, 0));
}

TEST_F(AllocationCounterTest, ForeignScopeCoversOtherThreads) {
  const auto [own, foreign] = counted([] {
    const ForeignAllocations scope;
    std::thread([] {
      void* volatile p = std::malloc(8);
      std::free(p);
    }).join();
  });
  EXPECT_EQ(own, 0u);
  EXPECT_GE(foreign, 1u);
}

}  // namespace
}  // namespace ax
