#include "adapterx/data/images/augment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

#include "adapterx/base/error.h"
#include "adapterx/data/images/colour_jitter.h"
#include "adapterx/data/images/load_images.h"
#include "adapterx/data/images/rand_augment.h"
#include "adapterx/data/images/random_crop.h"
#include "adapterx/data/images/transform.h"
#include "adapterx/kernels/pixels/augment_test.h"
#include "adapterx/kernels/pixels/colour.h"
#include "adapterx/kernels/pixels/crop_pixels.h"

namespace ax {
namespace {

constexpr int64_t kSize = 16;

Image made(int64_t height, int64_t width, int64_t seed = 1) {
  Image image = new_image("made", width, height);
  const std::vector<uint8_t> pixels = test::augment_image(height, width, seed, 0);
  std::memcpy(image.pixels.get(), pixels.data(), pixels.size());
  return image;
}

Preprocess squashed() {
  Preprocess p = preprocess_preset("none");
  p.size = kSize;
  return p;
}

std::vector<float> transformed(const AugmentOptions& options, const Image& image, const SampleKey& key) {
  const ImageTransform transform(squashed(), options);
  ImageTransform::Scratch scratch;
  std::vector<uint8_t> pixels(3 * transform.pixels());
  std::vector<float> out(pixels.size());
  transform.resize(image, key, pixels.data(), scratch);
  transform.finish(pixels.data(), key, out.data(), scratch);
  return out;
}

std::vector<float> plain(const Image& image) {
  std::vector<float> out(3 * kSize * kSize);
  preprocess_image(image, squashed(), out);
  return out;
}

TEST(RandAugment, EqualsTorchvision) {
  const auto cases = test::augment_golden<int64_t>("rand.cases");
  const auto want = test::augment_golden<uint8_t>("rand.bytes");
  std::set<int64_t> seen;
  std::vector<uint8_t> scratch;
  for (size_t i = 0; 4 * i < cases.size(); ++i) {
    const int64_t* c = &cases[4 * i];
    std::vector<uint8_t> pixels =
        test::augment_image(kSize, kSize, c[3], c[0] == static_cast<int64_t>(RandOp::auto_contrast));
    apply_rand_op(static_cast<RandOp>(c[0]), static_cast<double>(c[1]), c[2] == 1, kSize, pixels.data(),
                  scratch);
    for (size_t b = 0; b < pixels.size(); ++b) {
      ASSERT_EQ(pixels[b], want[i * pixels.size() + b])
          << "operation " << c[0] << " at " << c[1] << ", byte " << b;
    }
    seen.insert(c[0]);
  }
  EXPECT_EQ(seen.size(), static_cast<size_t>(kRandOps));
}

TEST(RandomCrop, DrawsAsTorchvisionDoes) {
  const AugmentOptions o;
  double area = 0, log_ratio = 0, middle = 0;
  constexpr int kDraws = 4000;
  for (int i = 0; i < kDraws; ++i) {
    Draws draws({1, 2, i}, "test");
    const CropBox b = draw_resized_crop(o, 400, 500, draws);
    ASSERT_TRUE(b.y >= 0 && b.x >= 0 && b.y + b.height <= 400 && b.x + b.width <= 500);
    const double h = static_cast<double>(b.height), w = static_cast<double>(b.width);
    ASSERT_TRUE(h * w > 0.07 * 400 * 500);
    ASSERT_TRUE(w / h > 0.74 && w / h < 1.35);
    area += h * w / 200000 / kDraws;
    log_ratio += std::log(w / h) / kDraws;
    middle += (static_cast<double>(b.y) + h / 2) / 400 / kDraws;
  }
  // Means of 20,000 draws of torchvision 0.14's RandomResizedCrop.get_params.
  EXPECT_NEAR(area, 0.452, 0.01);
  EXPECT_NEAR(log_ratio, 0.0279, 0.008);
  EXPECT_NEAR(middle, 0.4996, 0.01);
}

TEST(RandomCrop, FallsBackToTheMiddle) {
  AugmentOptions o;
  o.rrc_scale_min = o.rrc_scale_max = 1;
  Draws draws({0, 0, 0}, "test");
  EXPECT_EQ(draw_resized_crop(o, 10, 100, draws), (CropBox{0, 43, 10, 13}));
  EXPECT_EQ(draw_resized_crop(o, 100, 10, draws), (CropBox{43, 0, 13, 10}));
  o.rrc_ratio_min = o.rrc_ratio_max = 1;
  EXPECT_EQ(draw_resized_crop(o, 40, 40, draws), (CropBox{0, 0, 40, 40}));
}

TEST(RandomCrop, OfOnePixel) {
  for (int i = 0; i < 100; ++i) {
    Draws draws({0, 0, i}, "test");
    EXPECT_EQ(draw_resized_crop({}, 1, 1, draws), (CropBox{0, 0, 1, 1}));
    EXPECT_EQ(draw_erased_box(1, 1, draws).height, 0);
  }
}

TEST(ImageTransform, ResizesTheCropAsAnImageOfItsOwn) {
  const Image image = made(40, 30);
  AugmentOptions o;
  o.random_resized_crop = true;
  for (int64_t i = 0; i < 20; ++i) {
    const SampleKey key{7, 1, i};
    Draws draws(key, "augment.crop");
    const CropBox box = draw_resized_crop(o, 40, 30, draws);
    const Image crop = new_image("crop", box.width, box.height);
    for (int64_t y = 0; y < box.height; ++y) {
      std::memcpy(crop.row(y), image.row(box.y + y) + 3 * box.x, crop.stride());
    }
    EXPECT_EQ(transformed(o, image, key), plain(crop));
  }
}

TEST(ImageTransform, WithoutAugmentationIsThePreprocessing) {
  const Image image = made(21, 33);
  EXPECT_EQ(transformed({}, image, {1, 2, 3}), plain(image));
}

TEST(ImageTransform, PadCropMovesTheImage) {
  const Image image = made(kSize, kSize);
  for (const bool reflect : {false, true}) {
    std::set<std::vector<float>> seen;
    for (int64_t i = 0; i < 200; ++i) {
      seen.insert(transformed({.pad_crop = 1, .pad_reflect = reflect}, image, {0, 0, i}));
    }
    EXPECT_EQ(seen.size(), 9u);
    std::vector<uint8_t> moved(image.size());
    kernels::shift_crop(image.pixels.get(), kSize, 1, -1,
                        reflect ? kernels::Border::reflect : kernels::Border::zero, moved.data());
    Image as_image = new_image("moved", kSize, kSize);
    std::memcpy(as_image.pixels.get(), moved.data(), moved.size());
    EXPECT_TRUE(seen.contains(plain(as_image)));
  }
}

TEST(ImageTransform, FlipsByChance) {
  const Image image = made(kSize, kSize);
  Image mirrored = made(kSize, kSize);
  kernels::mirror_rows(mirrored.pixels.get(), kSize, kSize);
  int flipped = 0;
  for (int64_t i = 0; i < 400; ++i) {
    const std::vector<float> got = transformed({.flip = 0.25}, image, {0, 0, i});
    EXPECT_TRUE(got == plain(image) || got == plain(mirrored));
    flipped += got == plain(mirrored);
  }
  EXPECT_NEAR(flipped, 100, 35);
  EXPECT_EQ(transformed({.flip = 1}, image, {9, 9, 9}), plain(mirrored));
}

TEST(ImageTransform, ErasesABoxWithNoise) {
  const Image image = made(kSize, kSize);
  const std::vector<float> whole = plain(image);
  double sum = 0, squares = 0, count = 0, erased = 0;
  for (int64_t i = 0; i < 400; ++i) {
    const std::vector<float> got = transformed({.erase = 0.5}, image, {3, 4, i});
    std::set<size_t> rows, columns;
    size_t changed = 0;
    for (size_t p = 0; p < got.size(); ++p) {
      if (got[p] == whole[p]) continue;
      ++changed;
      rows.insert(p / kSize % kSize);
      columns.insert(p % kSize);
      sum += static_cast<double>(got[p]);
      squares += static_cast<double>(got[p] * got[p]);
    }
    EXPECT_EQ(changed, 3 * rows.size() * columns.size());
    EXPECT_LE(20 * changed, 9 * got.size());
    count += static_cast<double>(changed);
    erased += changed > 0;
  }
  EXPECT_NEAR(erased, 200, 50);
  EXPECT_NEAR(sum / count, 0, 0.03);
  EXPECT_NEAR(squares / count, 1, 0.05);
}

TEST(ImageTransform, IsAFunctionOfSeedEpochAndIndex) {
  const Image image = made(30, 20);
  const AugmentOptions all = {.random_resized_crop = true,
                              .flip = 0.5,
                              .randaugment_ops = 2,
                              .brightness = 0.4,
                              .contrast = 0.4,
                              .saturation = 0.4,
                              .hue = 0.1,
                              .grayscale = 0.1,
                              .erase = 0.3};
  const std::vector<float> one = transformed(all, image, {1, 2, 3});
  EXPECT_EQ(transformed(all, image, {1, 2, 3}), one);
  EXPECT_NE(transformed(all, image, {2, 2, 3}), one);
  EXPECT_NE(transformed(all, image, {1, 3, 3}), one);
  EXPECT_NE(transformed(all, image, {1, 2, 4}), one);
}

TEST(ColourJitter, DoesOneThingAtATime) {
  const std::vector<uint8_t> source = test::augment_image(kSize, kSize, 5, 1);
  constexpr int64_t kCount = kSize * kSize;
  const auto jittered = [&](const AugmentOptions& o, int64_t i) {
    std::vector<uint8_t> pixels = source;
    jitter_colours(o, {1, 1, i}, pixels.data(), kCount);
    return pixels;
  };
  std::vector<uint8_t> grey = source;
  kernels::to_grey(grey.data(), kCount);
  EXPECT_EQ(jittered({}, 0), source);
  EXPECT_EQ(jittered({.grayscale = 1}, 0), grey);
  std::set<std::vector<uint8_t>> seen;
  for (int64_t i = 0; i < 50; ++i) {
    // Grey of any saturation and hue is the same grey; brightness keeps black images black.
    std::vector<uint8_t> of_grey = grey;
    jitter_colours({.saturation = 0.9, .hue = 0.5}, {1, 1, i}, of_grey.data(), kCount);
    EXPECT_EQ(of_grey, grey);
    std::vector<uint8_t> black(source.size(), 0);
    jitter_colours({.brightness = 0.9}, {1, 1, i}, black.data(), kCount);
    EXPECT_EQ(black, std::vector<uint8_t>(source.size(), 0));
    seen.insert(jittered({.brightness = 0.4, .contrast = 0.4, .saturation = 0.4, .hue = 0.1}, i));
    const std::vector<uint8_t> dark = jittered({.brightness = 0.5}, i);
    for (size_t p = 0; p < dark.size(); ++p) {
      EXPECT_GE(dark[p], source[p] / 2);
      EXPECT_LE(dark[p], 1.5 * source[p]);
    }
  }
  EXPECT_EQ(seen.size(), 50u);
}

TEST(AugmentOptions, AreCheckedAndNamed) {
  EXPECT_EQ(to_string(AugmentOptions{}), "none");
  EXPECT_EQ(to_string(AugmentOptions{.pad_crop = 4, .flip = 0.5, .randaugment_ops = 2, .mixup = 0.8}),
            "pad and crop 4, flip 0.5, RandAugment 2 x 9, mixup 0.8");
  EXPECT_NO_THROW(check(AugmentOptions{}));
  for (const AugmentOptions& o :
       {AugmentOptions{.random_resized_crop = true, .pad_crop = 1}, AugmentOptions{.rrc_scale_min = 0},
        AugmentOptions{.rrc_scale_max = 1.1}, AugmentOptions{.rrc_ratio_min = 2},
        AugmentOptions{.pad_crop = -1}, AugmentOptions{.flip = NAN}, AugmentOptions{.randaugment_ops = 17},
        AugmentOptions{.randaugment_magnitude = 31}, AugmentOptions{.hue = 0.6},
        AugmentOptions{.mixup = -1}}) {
    EXPECT_THROW(check(o), Error) << to_string(o);
  }
  Preprocess p = squashed();
  EXPECT_THROW(ImageTransform(p, {.pad_crop = kSize}), Error);
}

}  // namespace
}  // namespace ax
