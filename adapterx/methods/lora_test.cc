#include "adapterx/methods/lora.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "adapterx/base/error_text_test.h"
#include "adapterx/graph/interpreter.h"

namespace ax {
namespace {

constexpr int64_t kWidth = 3;

// Queries, keys and values [1, 1, 9] of ones, as the slot changes them: u = (1, 2, 4), every A and B of ones.
std::vector<double> updated(const std::vector<std::string>& settings) {
  Graph g;
  const auto adaptation = make_method("lora", settings)->adapt();
  const Value u = g.input("u", {1, 1, kWidth}), qkv = g.input("qkv", {1, 1, 3 * kWidth});
  const Value y = adaptation->linear(Site{}, "attn.qkv", u, qkv);
  const TwinFeed feed = [](std::string_view name, const Shape& shape) {
    if (name == "u") return std::vector<double>{1, 2, 4};
    return std::vector<double>(static_cast<size_t>(shape.size()), 1);
  };
  return interpret(g, {y}, feed)[0].v;
}

TEST(Lora, UpdatesQueriesAndValuesByAlphaOverRank) {
  const double rank_2 = 1 + 2 * 7, half = 1 + 2 * 7 * 0.5;
  EXPECT_EQ(updated({"rank=2"}),
            (std::vector<double>{rank_2, rank_2, rank_2, 1, 1, 1, rank_2, rank_2, rank_2}));
  EXPECT_EQ(updated({"rank=2", "alpha=1"}),
            (std::vector<double>{half, half, half, 1, 1, 1, half, half, half}));
  EXPECT_EQ(updated({"rank=2", "targets=qkv"}), std::vector<double>(9, rank_2));
}

TEST(Lora, OtherLayersAreLeftAlone) {
  Graph g;
  const auto adaptation = make_method("lora")->adapt();
  const Value u = g.input("u", {1, 1, kWidth}), y = g.input("y", {1, 1, kWidth});
  EXPECT_EQ(adaptation->linear(Site{}, "attn.proj", u, y), y);
  EXPECT_TRUE(g.parameter_names().empty());
}

TEST(Lora, SettingsThatCannotBeAreErrors) {
  const auto error_of = [](const std::string& setting) -> std::string {
    return error_text([&] { make_method("lora", {setting}); });
  };
  EXPECT_EQ(error_of("rank=0"), "lora: rank: expected 1 or more, got 0");
  EXPECT_EQ(error_of("alpha=-1"), "lora: alpha: expected 0 or more, got -1");
  EXPECT_EQ(error_of("dropout=1"), "lora: dropout: expected a number in [0, 1), got 1");
  EXPECT_EQ(error_of("targets=qvk"), "lora: targets: expected qv, qkv, got `qvk`; did you mean `qv`?");
}

TEST(Lora, MergingChangesTheRowsOfItsTargets) {
  const WeightSource ones = [](std::string_view name, const Shape&, std::span<float> out) {
    std::ranges::fill(out, 1.0f);
    return name.starts_with("blocks.4.attn.lora.");
  };
  const auto merged = [&](const char* name, const std::vector<std::string>& settings) {
    std::vector<float> w(3 * kWidth * kWidth, 0.5f);
    make_method("lora", settings)->merge(name, {3 * kWidth, kWidth}, ones, w);
    return std::vector<float>{w[0], w[8], w[9], w[17], w[18], w[26]};
  };
  const char* qkv = "blocks.4.attn.qkv.weight";
  EXPECT_EQ(merged(qkv, {"rank=2"}), (std::vector<float>{2.5f, 2.5f, 0.5f, 0.5f, 2.5f, 2.5f}));
  EXPECT_EQ(merged(qkv, {"rank=2", "alpha=1"}), (std::vector<float>{1.5f, 1.5f, 0.5f, 0.5f, 1.5f, 1.5f}));
  EXPECT_EQ(merged(qkv, {"rank=2", "targets=qkv"}), std::vector<float>(6, 2.5f));
  EXPECT_EQ(merged("blocks.4.attn.proj.weight", {"rank=2"}), std::vector<float>(6, 0.5f));
  EXPECT_EQ(error_text([&] { merged("blocks.5.attn.qkv.weight", {}); }),
            "blocks.5.attn.lora.q.down_proj.weight: no value to merge");
}

}  // namespace
}  // namespace ax
