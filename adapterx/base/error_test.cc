#include "adapterx/base/error.h"

#include <gtest/gtest.h>

namespace ax {
namespace {

TEST(Error, FailFormats) {
  try {
    fail("{}: expected {}, got {}", "head.weight", 3, 4);
  } catch (const Error& e) {
    EXPECT_STREQ(e.what(), "head.weight: expected 3, got 4");
  }
}

TEST(Error, NearestName) {
  const std::vector<std::string> names = {"learning_rate", "weight_decay", "epochs", "lr"};
  EXPECT_EQ(nearest_name("learning_rat", names), "learning_rate");
  EXPECT_EQ(nearest_name("wieght_decay", names), "weight_decay");
  EXPECT_EQ(nearest_name("epoch", names), "epochs");
  EXPECT_EQ(nearest_name("epochs", names), "epochs");
  EXPECT_EQ(nearest_name("batch_size", names), "");
  EXPECT_EQ(nearest_name("anything", {}), "");
}

// A third of the letters may differ, two at least; of equals the first is taken.
TEST(Error, NearestNameLimits) {
  EXPECT_EQ(nearest_name("abcd", {"abxy"}), "abxy");
  EXPECT_EQ(nearest_name("abcd", {"axyz"}), "");
  EXPECT_EQ(nearest_name("abcdefghi", {"abcdefxyz"}), "abcdefxyz");
  EXPECT_EQ(nearest_name("abcdefghi", {"abcdewxyz"}), "");
  EXPECT_EQ(nearest_name("abcd", {"abce", "abcf"}), "abce");
}

TEST(Error, DidYouMean) {
  EXPECT_EQ(did_you_mean("epoch", {"epochs"}), "; did you mean `epochs`?");
  EXPECT_EQ(did_you_mean("momentum", {"epochs"}), "");
}

}  // namespace
}  // namespace ax
