#include "adapterx/data/placement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "adapterx/base/error_text_test.h"
#include "adapterx/base/rng.h"
#include "adapterx/data/images/image_samples.h"
#include "adapterx/data/loader.h"

namespace ax {
namespace {

constexpr int64_t kSide = 48;  // of the input
constexpr int64_t kMark = 8;   // pixels a side

// Grey images of several sizes, each with a bright square at a place of its own.
class Marked : public ImageDataset {
 public:
  int64_t size() const override { return 40; }
  int32_t label(int64_t /*i*/) const override { return 0; }
  std::string name(int64_t i) const override { return "marked#" + std::to_string(i); }
  Image image(int64_t i) const override {
    Image image = new_image(name(i), 60 + 3 * (i % 5), 60 + 7 * (i % 3));
    std::fill_n(image.pixels.get(), image.size(), uint8_t{40});
    const auto [left, top] = corner(i);
    for (int64_t y = top; y < top + kMark; ++y) std::fill_n(image.row(y) + 3 * left, 3 * kMark, uint8_t{120});
    return image;
  }
  Position mark(int64_t i) const {  // its middle
    const auto [left, top] = corner(i);
    return {static_cast<double>(left) + 0.5 * kMark, static_cast<double>(top) + 0.5 * kMark};
  }

 private:
  std::pair<int64_t, int64_t> corner(int64_t i) const { return {12 + 5 * i % 29, 12 + 11 * i % 31}; }
};

// Targets that lie somewhere: where the square is in the input.
class MarkTargets : public Targets {
 public:
  int64_t size() const override { return 2; }
  void write(int64_t i, const Placement& placement, std::span<float> row) const override {
    const Position p = placement.input(Marked().mark(i));
    row[0] = static_cast<float>(p.x);
    row[1] = static_cast<float>(p.y);
  }
};

// The middle of the pixels near the brightest, of the red plane.
Position seen_mark(std::span<const float> plane) {
  const auto [low, high] = std::ranges::minmax(plane);
  const float threshold = low + 0.6f * (high - low);
  double count = 0, x = 0, y = 0;
  for (int64_t i = 0; i < kSide * kSide; ++i) {
    if (plane[static_cast<size_t>(i)] < threshold) continue;
    ++count;
    x += static_cast<double>(i % kSide) + 0.5;
    y += static_cast<double>(i / kSide) + 0.5;
  }
  return {x / count, y / count};
}

// How many squares were seen where the targets say, of those that are not cut by the input's edge.
int64_t expect_marks(const Preprocess& preprocess, const AugmentOptions& augment, size_t cache_bytes) {
  constexpr double kMargin = 9;
  Loader loader(image_samples(std::make_shared<Marked>(), preprocess, augment, cache_bytes), 1,
                {.batch = 16, .shuffle = true, .seed = 5}, std::make_shared<MarkTargets>());
  int64_t seen = 0;
  for (uint32_t epoch = 0; epoch < 2; ++epoch) {
    loader.start(epoch);
    while (const Loader::Batch* batch = loader.next()) {
      for (size_t i = 0; i < static_cast<size_t>(batch->count); ++i) {
        const double x = batch->targets[2 * i], y = batch->targets[2 * i + 1];
        if (std::min({x, y, kSide - x, kSide - y}) < kMargin) continue;
        const Position p = seen_mark(batch->inputs.subspan(i * 3 * kSide * kSide, kSide * kSide));
        EXPECT_NEAR(p.x, x, 1) << to_string(augment) << " sample " << batch->indices[i];
        EXPECT_NEAR(p.y, y, 1) << to_string(augment) << " sample " << batch->indices[i];
        ++seen;
      }
    }
  }
  return seen;
}

TEST(Placement, TargetsAreWhereTheLoadersInputsShowThem) {
  Preprocess centre = preprocess_preset("half"), squash = preprocess_preset("none");
  centre.size = squash.size = kSide;
  const AugmentOptions all[] = {{},
                                {.flip = 0.5},
                                {.pad_crop = 6},
                                {.pad_crop = 6, .flip = 0.5},
                                {.random_resized_crop = true, .rrc_scale_min = 0.3, .flip = 0.5},
                                {.flip = 0.5, .randaugment_ops = 2, .randaugment_magnitude = 12}};
  for (const AugmentOptions& augment : all) {
    for (const size_t cache : {size_t{0}, size_t{1} << 30}) {
      EXPECT_GE(expect_marks(centre, augment, cache), 20) << to_string(augment);
      EXPECT_GE(expect_marks(squash, augment, cache), 20) << to_string(augment);
    }
  }
}

TEST(Placement, InputAndSourceAreInverse) {
  const Placement placed =
      scaled_part({3, 4}, 2, 0.5).then(mirrored(10)).then(Placement({0.8, -0.6, 1, 0.6, 0.8, 2}));
  const Rng rng(1, 0, place_of("placement"));
  for (uint64_t i = 0; i < 20; ++i) {
    const Position p{10 * static_cast<double>(rng.uniform(2 * i)),
                     10 * static_cast<double>(rng.uniform(2 * i + 1))};
    const Position back = placed.input(placed.source(p));
    EXPECT_NEAR(back.x, p.x, 1e-9);
    EXPECT_NEAR(back.y, p.y, 1e-9);
  }
  expect_part(error_text([] { Placement({1, 1, 0, 1, 1, 0}).input({}); }), "a map with an inverse");
}

TEST(Placement, StepsFollowEachOther) {
  const Position p = scaled_part({3, 4}, 2, 2).then(mirrored(10)).source({1, 2});
  EXPECT_EQ(p.x, 3 + 2 * (10 - 1));
  EXPECT_EQ(p.y, 4 + 2 * 2);
}

}  // namespace
}  // namespace ax
