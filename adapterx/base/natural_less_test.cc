#include "adapterx/base/natural_less.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace ax {
namespace {

TEST(NaturalLess, NumbersGoByValue) {
  std::vector<std::string> names = {"blocks.10.norm", "blocks.9.norm", "blocks.2.norm",
                                    "a10b2",          "a10b10",        "a9b99"};
  std::ranges::sort(names, natural_less);
  EXPECT_EQ(names, (std::vector<std::string>{"a9b99", "a10b2", "a10b10", "blocks.2.norm", "blocks.9.norm",
                                             "blocks.10.norm"}));
}

TEST(NaturalLess, IsAStrictOrder) {
  const std::vector<std::string> names = {"",    "0", "00", "007", "07",  "7",   "7a",
                                          "07a", "a", "a0", "a00", "b.1", "b.01"};
  for (const std::string& a : names) {
    EXPECT_FALSE(natural_less(a, a)) << a;
    for (const std::string& b : names) {
      EXPECT_EQ(natural_less(a, b) || natural_less(b, a), a != b) << a << " " << b;
      for (const std::string& c : names) {
        EXPECT_TRUE(!natural_less(a, b) || !natural_less(b, c) || natural_less(a, c))
            << a << " " << b << " " << c;
      }
    }
  }
}

TEST(NaturalLess, NumbersOfAnyLength) {
  EXPECT_TRUE(natural_less("x99999999999999999998", "x99999999999999999999"));
  EXPECT_TRUE(natural_less("x99999999999999999999", "x100000000000000000000"));
}

}  // namespace
}  // namespace ax
