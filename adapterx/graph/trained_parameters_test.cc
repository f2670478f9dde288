#include "adapterx/graph/trained_parameters.h"

#include <gtest/gtest.h>

#include "adapterx/base/error_text_test.h"

namespace ax {
namespace {

class TrainedParametersTest : public ::testing::Test {
 protected:
  explicit TrainedParametersTest(bool all = false) {
    graph_.parameter("blocks.0.weight", {3, 5}, Init::ones(), {"backbone", all});
    graph_.parameter("head.weight", {7, 3}, Init::normal(0, 1), {"head", true});
    graph_.parameter("head.bias", {7}, Init::zeros(), {"head", true, /*decays=*/false});
  }
  Graph graph_;
};

class AllTrainedTest : public TrainedParametersTest {
 protected:
  AllTrainedTest() : TrainedParametersTest(true) {}
};

TEST_F(TrainedParametersTest, AreThoseDeclaredSo) {
  const TrainedParameters p(graph_);
  ASSERT_EQ(p.entries().size(), 2u);
  EXPECT_EQ(p.find("blocks.0.weight"), nullptr);
  EXPECT_EQ(p.find("head.weight")->part, "head");
  EXPECT_TRUE(p.find("head.weight")->decays);
  EXPECT_FALSE(p.find("head.bias")->decays);
}

TEST_F(TrainedParametersTest, OneParameterHasOneUse) {
  EXPECT_EQ(error_text([&] {
              graph_.parameter("head.bias", {7}, Init::zeros(), {"head", true});
            }),
            "parameter head.bias: declared as part of `head`, trained without weight decay, then as part of "
            "`head`, trained");
}

TEST_F(AllTrainedTest, SpansAreContiguousAndGapsStayZero) {
  TrainedParameters p(graph_);
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
  TrainedParameters p(graph_);
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
  enum class Trained { none, head, all };
  static void declare(Graph& g, Trained trained, bool buffer = true) {
    const bool head = trained != Trained::none, all = trained == Trained::all;
    g.parameter("norm.weight", {5}, Init::ones(), {.trained = all});
    if (buffer) g.buffer("norm.running_var", {5}, Init::ones());
    if (!buffer) g.parameter("norm.running_var", {5}, Init::ones(), {.trained = all});
    g.parameter("head.weight", {3, 5}, Init::ones(), {.trained = head});
  }
  static std::string error_of(const TrainedParameters& p, const Graph& g) {
    return error_text([&] { p.expect_same(g); });
  }
};

TEST_F(BuffersTest, ComeLastWithoutGradientAndAreNotCounted) {
  for (const Trained trained : {Trained::none, Trained::head, Trained::all}) {
    Graph graph;
    declare(graph, trained);
    TrainedParameters p(graph);
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

TEST_F(BuffersTest, SessionsAgreeWhereTheBuffersDo) {
  Graph head, all, frozen, without;
  declare(head, Trained::head);
  declare(all, Trained::all);
  declare(frozen, Trained::head, false);
  without.parameter("head.weight", {3, 5}, Init::ones(), {.trained = true});
  const TrainedParameters p(head);
  EXPECT_EQ(error_of(p, head), "no error");
  EXPECT_EQ(error_of(p, all),
            "norm.weight: trained by this session, but not among the 2 parameters shared with it");
  EXPECT_EQ(error_of(TrainedParameters(all), head),
            "norm.weight: trained by the session shared with, but not by this one");
  for (const Graph* other : {&frozen, &without}) {
    EXPECT_EQ(error_of(p, *other),
              "norm.running_var: a buffer of the session shared with, but not of this one");
    EXPECT_EQ(error_of(TrainedParameters(*other), head),
              "norm.running_var: a buffer of this session, but not of the one shared with");
  }
}

TEST_F(BuffersTest, ANameIsABufferOrNot) {
  Graph graph;
  declare(graph, Trained::head);
  EXPECT_THROW(graph.parameter("norm.running_var", {5}), Error);
  EXPECT_THROW(graph.buffer("norm.weight", {5}, Init::zeros()), Error);
  EXPECT_EQ(graph.buffer("norm.running_var", {5}, Init::ones()).id, 1);
}

}  // namespace
}  // namespace ax
