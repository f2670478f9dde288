#include "adapterx/base/buffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

#include "adapterx/base/error.h"

namespace ax {
namespace {

bool aligned(const void* p) { return reinterpret_cast<uintptr_t>(p) % 64 == 0; }

TEST(Buffer, IsAlignedAndZero) {
  for (const size_t bytes : {size_t{1}, size_t{63}, size_t{4096}, size_t{9} << 20}) {
    const Buffer b(bytes);
    EXPECT_EQ(b.size(), bytes);
    EXPECT_TRUE(aligned(b.data()));
    EXPECT_TRUE(std::all_of(b.data(), b.data() + bytes, [](std::byte x) { return x == std::byte{0}; }));
  }
  EXPECT_EQ(Buffer(0).data(), nullptr);
}

TEST(Buffer, ExhaustedMemoryIsAnError) { EXPECT_THROW(Buffer(size_t{1} << 60), Error); }

}  // namespace
}  // namespace ax
