// What holds for every source of images made by formulas. For unit tests.
#pragma once

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "adapterx/base/error_text_test.h"
#include "adapterx/base/parallel.h"
#include "adapterx/data/sources/image_sources.h"

namespace ax {

inline std::string pixels_of(const ImageDataset& images, int64_t i) {
  const Image image = images.image(i);
  return {reinterpret_cast<const char*>(image.pixels.get()), image.size()};
}

// The text of the error in opening it; "no error" where there is none.
inline std::string source_error(const std::string& source) {
  return error_text([&] { open_image_source(source); });
}

// The same images again, in another order, by any thread; others by another seed, and each one unlike the
// rest.
inline void expect_reproducible(const std::string& source) {
  const auto images = open_image_source(source).train;
  const auto count = static_cast<size_t>(images->size());
  std::vector<std::string> drawn(count);
  const ThreadCount threads(3);
  parallel_ranges(images->size(), 1, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = end - 1; i >= begin; --i) drawn[static_cast<size_t>(i)] = pixels_of(*images, i);
  });
  const auto again = open_image_source(source).train, other = open_image_source(source + ",seed=1").train;
  for (size_t i = 0; i < count; ++i) {
    EXPECT_TRUE(pixels_of(*again, static_cast<int64_t>(i)) == drawn[i]) << i;
    EXPECT_TRUE(pixels_of(*other, static_cast<int64_t>(i)) != drawn[i]) << i;
  }
  EXPECT_EQ(std::set<std::string>(drawn.begin(), drawn.end()).size(), count);
}

inline void expect_balanced(const std::string& source, int64_t classes, int64_t per_class) {
  const ImageSplits splits = open_image_source(source);
  ASSERT_EQ(std::ssize(splits.classes), classes);
  ASSERT_EQ(splits.train->size(), classes * per_class);
  EXPECT_FALSE(splits.val || splits.test);
  std::vector<int64_t> seen(splits.classes.size());
  for (int64_t i = 0; i < splits.train->size(); ++i) ++seen.at(static_cast<size_t>(splits.train->label(i)));
  for (const int64_t count : seen) EXPECT_EQ(count, per_class);
}

}  // namespace ax
