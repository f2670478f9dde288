// What a buffer held before never shows in the next batch.
#include "adapterx/data/batch_buffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "adapterx/data/numbered_samples_test.h"

namespace ax {
namespace {

void fill(BatchBuffer& buffer, const SampleSource& source, std::span<const int64_t> wanted) {
  buffer.prepare(source.dataset(), wanted);
  for (size_t i = 0; i < wanted.size(); ++i) {
    const auto at = static_cast<int64_t>(i);
    source.sample({1, 2, wanted[i]}, buffer.input(at));
    if (buffer.target_size > 0) source.dataset().add_targets(wanted[i], buffer.target(at));
  }
  buffer.complete(source, {1, 2, 0});
}

TEST(BatchBuffer, PastTheLastSampleAllIsZero) {
  const NumberedSamples source({1, 2, 0, 2}, /*mixes=*/false, /*several_heads=*/true);
  BatchBuffer buffer(3, 3, 3);
  fill(buffer, source, std::vector<int64_t>{3, 1, 0});
  EXPECT_EQ(buffer.labels, (std::vector<int32_t>{2, 2, 1}));
  EXPECT_EQ(buffer.targets, (std::vector<float>{0, 0, 1, 0, 0, 1, 0, 1, 0}));
  EXPECT_EQ(buffer.inputs, (std::vector<float>{3, 2, 1, 1, 2, 1, 0, 2, 1}));
  fill(buffer, source, std::vector<int64_t>{2});
  EXPECT_EQ(buffer.count, 1);
  EXPECT_EQ(buffer.indices[0], 2);
  EXPECT_EQ(buffer.labels, (std::vector<int32_t>{0, 0, 0}));
  EXPECT_EQ(buffer.targets, (std::vector<float>{1, 0, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(buffer.inputs, (std::vector<float>{2, 2, 1, 0, 0, 0, 0, 0, 0}));
}

TEST(BatchBuffer, OnlySamplesAreMixed) {
  const NumberedSamples source({0, 1}, /*mixes=*/true);
  BatchBuffer buffer(2, 3, 2);
  fill(buffer, source, std::vector<int64_t>{1});
  EXPECT_EQ(buffer.inputs, (std::vector<float>{1001, 1002, 1001, 0, 0, 0}));
  EXPECT_EQ(buffer.targets, (std::vector<float>{0, 0.5f, 0, 0}));
}

TEST(BatchBuffer, InputsAreMixedWithoutTargets) {
  const NumberedSamples source({0, 1}, /*mixes=*/true);
  BatchBuffer buffer(2, 3, 0);
  fill(buffer, source, std::vector<int64_t>{0});
  EXPECT_EQ(buffer.inputs[0], 1000);
  EXPECT_TRUE(buffer.targets.empty());
}

TEST(BatchBuffer, TheFirstFailureIsKeptUntilTheNextBatch) {
  const NumberedSamples source({0, 1, 2});
  BatchBuffer buffer(3, 3, 0);
  const std::vector<int64_t> wanted = {0, 1, 2};
  const auto fail_at = [&](int64_t i) {
    buffer.fail_at(i, std::make_exception_ptr(std::runtime_error("sample " + std::to_string(i))));
  };
  for (std::vector<int64_t> order : {std::vector<int64_t>{2, 1}, {1, 2}}) {
    buffer.prepare(source.dataset(), wanted);
    EXPECT_EQ(buffer.error, nullptr);
    for (const int64_t i : order) fail_at(i);
    EXPECT_EQ(buffer.failed_at, 1);
    try {
      std::rethrow_exception(buffer.error);
    } catch (const std::runtime_error& e) {
      EXPECT_STREQ(e.what(), "sample 1");
    }
  }
}

}  // namespace
}  // namespace ax
