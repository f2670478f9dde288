#include "adapterx/graph/trained_parameters.h"

#include <gtest/gtest.h>

#include "adapterx/base/error.h"

namespace ax {
namespace {

TEST(Matches, StarStandsForAnyLetters) {
  EXPECT_TRUE(matches("head.*", "head.weight"));
  EXPECT_FALSE(matches("head.*", "heads.weight"));
  EXPECT_TRUE(matches("*.adaptmlp.*", "blocks.11.adaptmlp.up_proj.bias"));
  EXPECT_FALSE(matches("*.adaptmlp.*", "adaptmlp.up_proj.bias"));
  EXPECT_TRUE(matches("*", ""));
  EXPECT_FALSE(matches("", "x"));
  EXPECT_TRUE(matches("a*b*c", "a.b.b.c"));
}

class TrainedParametersTest : public ::testing::Test {
 protected:
  TrainedParametersTest() {
    graph_.parameter("blocks.0.weight", {3, 5}, Init::ones());
    graph_.parameter("head.weight", {7, 3}, Init::normal(0, 1));
    graph_.parameter("head.bias", {7}, Init::zeros());
  }
  TrainedParameters select(const std::vector<std::string>& selectors) { return {graph_, selectors}; }
  Graph graph_;
};

TEST_F(TrainedParametersTest, SpansAreContiguousAndGapsStayZero) {
  TrainedParameters p = select({"*"});
  p.initialise(nullptr, 1);
  EXPECT_EQ(p.count(), 15 + 21 + 7);
  size_t expected = 0;
  for (const auto& e : p.entries()) {
    EXPECT_EQ(e.offset, expected);
    expected = (e.offset + e.size() + 15) / 16 * 16;
    for (size_t i = e.offset + e.size(); i < expected; ++i) EXPECT_EQ(p.values()[i], 0.0f);
  }
  EXPECT_EQ(p.values().size(), expected);
  EXPECT_EQ(p.values()[14], 1.0f);
}

TEST_F(TrainedParametersTest, SourceComesBeforeInit) {
  TrainedParameters p = select({"head.*"});
  EXPECT_EQ(p.find("blocks.0.weight"), nullptr);
  p.initialise(
      [](std::string_view name, const Shape&, std::span<float> out) {
        if (name != "head.bias") return false;
        for (float& x : out) x = 5;
        return true;
      },
      1);
  EXPECT_EQ(p.value(*p.find("head.bias")).f32()[6], 5.0f);
  EXPECT_NE(p.value(*p.find("head.weight")).f32()[0], 5.0f);
}

TEST_F(TrainedParametersTest, SelectorThatMatchesNothingNamesTheNearest) {
  try {
    select({"head.*", "head.weigth"});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "trained parameters: `head.weigth` matches none of the graph's 3 parameters; did you mean "
                 "`head.weight`?");
  }
}

}  // namespace
}  // namespace ax
