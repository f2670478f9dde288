#include "adapterx/data/sample_source.h"

#include <gtest/gtest.h>

#include <array>

#include "adapterx/base/error_text_test.h"
#include "adapterx/data/numbered_samples_test.h"

namespace ax {
namespace {

std::array<float, 3> sample(const SampleSource& source, const SampleKey& key) {
  std::array<float, 3> out{};
  source.sample(key, out.data());
  return out;
}

// By the number in the whole, whatever the number in the subset, and of a subset of a subset, too.
TEST(SampleSubset, DrawsAsInTheWhole) {
  const auto whole = std::make_shared<NumberedSamples>(std::vector<int32_t>{0, 1, 2, 3, 4});
  const auto part = subset(whole, {4, 1, 3}), nested = subset(part, {2, 0});
  EXPECT_EQ(part->input_size(), 3);
  EXPECT_EQ(sample(*part, {7, 2, 1}), sample(*whole, {7, 2, 1}));
  EXPECT_EQ(sample(*part, {7, 2, 0}), sample(*whole, {7, 2, 4}));
  EXPECT_EQ(sample(*nested, {7, 2, 0}), sample(*whole, {7, 2, 3}));
  EXPECT_EQ(sample(*nested, {7, 2, 1}), sample(*whole, {7, 2, 4}));
  EXPECT_EQ(nested->dataset().size(), 2);
  EXPECT_EQ(nested->dataset().label(0), 3);
  EXPECT_EQ(nested->dataset().name(1), "number#4");
}

TEST(SampleSubset, MixesAndTellsLikeTheWhole) {
  for (const bool mixes : {false, true}) {
    for (const bool several_heads : {false, true}) {
      const auto whole = std::make_shared<NumberedSamples>(std::vector<int32_t>{0, 1}, mixes, several_heads);
      const auto part = subset(whole, {1});
      EXPECT_EQ(part->mixes(), mixes);
      EXPECT_EQ(part->dataset().several_heads(), several_heads);
      std::vector<float> inputs = {1}, targets = {1}, row(2);
      part->mix({}, 1, inputs, targets);
      EXPECT_EQ(inputs[0], 1001);
      part->dataset().add_targets(0, row);
      EXPECT_EQ(row, (std::vector<float>{0, 1}));
    }
  }
}

TEST(SampleSubset, RefusesNumbersOutside) {
  const auto whole = std::make_shared<NumberedSamples>(std::vector<int32_t>{0, 1});
  expect_part(error_text([&] { subset(whole, {0, 2}); }), "expected indices below 2, got 2");
  expect_part(error_text([&] { subset(whole, {-1}); }), "got -1");
}

}  // namespace
}  // namespace ax
