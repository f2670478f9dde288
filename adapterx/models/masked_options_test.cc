#include "adapterx/models/masked_options.h"

#include <gtest/gtest.h>

#include "adapterx/base/error_text_test.h"

namespace ax {
namespace {

int64_t hidden(float ratio, int64_t tokens, float published = 0.5f) {
  MaskedOptions options;
  options.mask_ratio = ratio;
  return hidden_tokens(options, published, tokens, "patches");
}

TEST(HiddenTokens, AreThePublishedNumbers) {
  EXPECT_EQ(hidden(0, 196, kPublishedImageMaskRatio), 147);  // MAE sees 49
  EXPECT_EQ(hidden(0, 64, kPublishedPointMaskRatio), 38);    // Point-MAE sees 26
}

TEST(HiddenTokens, AreRoundedDown) {
  EXPECT_EQ(hidden(0.5f, 7), 3);
  EXPECT_EQ(hidden(0.99f, 10), 9);
  // What is a whole number in decimals is one here.
  for (int64_t tenths = 1; tenths < 10; ++tenths)
    EXPECT_EQ(hidden(static_cast<float>(tenths) / 10, 10), tenths);
}

TEST(HiddenTokens, SomeAreHiddenAndSomeSeen) {
  expect_part(error_text([] { hidden(1, 10); }),
              "mask ratio 1: expected 1 to 9 of 10 patches hidden, got 10");
  expect_part(error_text([] { hidden(0.05f, 10); }), "got 0");
  expect_part(error_text([] { hidden(0.5f, 1); }), "of 1 patches hidden, got 0");
}

}  // namespace
}  // namespace ax
