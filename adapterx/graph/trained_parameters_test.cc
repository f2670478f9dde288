#include "adapterx/graph/trained_parameters.h"

#include <gtest/gtest.h>

#include "adapterx/base/error_text_test.h"

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

// A graph whose buffer comes between its parameters.
class BuffersTest : public ::testing::Test {
 protected:
  BuffersTest() { declare(graph_, true); }
  static void declare(Graph& g, bool buffer) {
    g.parameter("norm.weight", {5}, Init::ones());
    if (buffer) g.buffer("norm.running_var", {5}, Init::ones());
    if (!buffer) g.parameter("norm.running_var", {5}, Init::ones());
    g.parameter("head.weight", {3, 5}, Init::ones());
  }
  static std::string error_of(const TrainedParameters& p, const Graph& g,
                              const std::vector<std::string>& selectors) {
    return error_text([&] { p.expect_selection(g, selectors); });
  }
  Graph graph_;
};

TEST_F(BuffersTest, ComeLastWithoutGradientAndAreNotCounted) {
  for (const char* selector : {"*", "head.*", "norm.running_var"}) {
    const std::string selectors[] = {selector};
    TrainedParameters p(graph_, selectors);
    p.initialise(nullptr, 1);
    const auto* buffer = p.find("norm.running_var");
    ASSERT_NE(buffer, nullptr);
    EXPECT_TRUE(buffer->buffer);
    EXPECT_EQ(buffer, &p.entries().back());
    EXPECT_EQ(p.optimised().size() + 1, p.entries().size());
    EXPECT_EQ(buffer->offset, p.gradients().size());
    EXPECT_EQ(p.values().size(), p.gradients().size() + 16);
    EXPECT_FALSE(p.gradient(*buffer));
    EXPECT_EQ(p.value(*buffer).f32()[4], 1.0f);
    int64_t count = 0;
    for (const auto& e : p.optimised()) count += e.shape.size();
    EXPECT_EQ(p.count(), count);
    p.zero_gradients();
  }
}

TEST_F(BuffersTest, SelectionsAgreeWhereTheBuffersDo) {
  const std::vector<std::string> all = {"*"}, head = {"head.*"};
  const TrainedParameters p(graph_, head);
  Graph same, frozen, without;
  declare(same, true);
  declare(frozen, false);
  without.parameter("norm.weight", {5}, Init::ones());
  without.parameter("head.weight", {3, 5}, Init::ones());
  EXPECT_EQ(error_of(p, same, head), "no error");
  EXPECT_EQ(error_of(p, same, all),
            "norm.weight: trained by this session, but not among the 2 parameters shared with it");
  EXPECT_EQ(error_of(p, frozen, head),
            "norm.running_var: a buffer of the session shared with, but not of this one");
  EXPECT_EQ(error_of(p, without, head),
            "norm.running_var: a buffer of the session shared with, but not of this one");
  EXPECT_EQ(error_of(TrainedParameters(without, head), graph_, head),
            "norm.running_var: a buffer of this session, but not of the one shared with");
  EXPECT_EQ(error_of(TrainedParameters(frozen, all), graph_, all),
            "norm.running_var: a buffer of this session, but not of the one shared with");
}

TEST_F(BuffersTest, ANameIsABufferOrNot) {
  EXPECT_THROW(graph_.parameter("norm.running_var", {5}), Error);
  EXPECT_THROW(graph_.buffer("norm.weight", {5}, Init::zeros()), Error);
  EXPECT_EQ(graph_.buffer("norm.running_var", {5}, Init::ones()).id, 1);
}

TEST_F(TrainedParametersTest, SelectorThatMatchesNothingNamesTheNearest) {
  EXPECT_EQ(error_text([&] {
              select({"head.*", "head.weigth"});
            }),
            "trained parameters: `head.weigth` matches none of the graph's 3 parameters; did you mean "
            "`head.weight`?");
}

}  // namespace
}  // namespace ax
