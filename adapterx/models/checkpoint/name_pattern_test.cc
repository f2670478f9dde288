#include "adapterx/models/checkpoint/name_pattern.h"

#include <gtest/gtest.h>

namespace ax {
namespace {

TEST(NamePattern, StarStandsForAnyLetters) {
  EXPECT_TRUE(matches("head.*", "head.weight"));
  EXPECT_FALSE(matches("head.*", "heads.weight"));
  EXPECT_TRUE(matches("*.adaptmlp.*", "blocks.11.adaptmlp.up_proj.bias"));
  EXPECT_FALSE(matches("*.adaptmlp.*", "adaptmlp.up_proj.bias"));
  EXPECT_TRUE(matches("*", ""));
  EXPECT_FALSE(matches("", "x"));
  EXPECT_TRUE(matches("a*b*c", "a.b.b.c"));
}

}  // namespace
}  // namespace ax
