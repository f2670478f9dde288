#include "adapterx/data/loader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <set>
#include <vector>

#include "adapterx/base/error.h"
#include "adapterx/base/error_text_test.h"
#include "adapterx/data/images/image_samples.h"
#include "adapterx/data/images/load_images.h"

namespace ax {
namespace {

constexpr int64_t kClasses = 3;

// Images of sizes and values that depend on their number; `broken` ones cannot be read.
class Made : public ImageDataset {
 public:
  explicit Made(int64_t size, std::set<int64_t> broken = {}) : size_(size), broken_(std::move(broken)) {}
  int64_t size() const override { return size_; }
  int32_t label(int64_t i) const override { return static_cast<int32_t>(i % kClasses); }
  std::string name(int64_t i) const override { return "made#" + std::to_string(i); }
  Image image(int64_t i) const override {
    ++decoded;
    if (broken_.contains(i)) fail("{}: broken", name(i));
    Image image = new_image(name(i), 5 + i % 7, 4 + i % 5);
    for (size_t p = 0; p < image.size(); ++p) image.pixels[p] = static_cast<uint8_t>(p * 7 + i * 31);
    return image;
  }

  mutable std::atomic<int64_t> decoded = 0;

 private:
  int64_t size_;
  std::set<int64_t> broken_;
};

// All that a batch has, as values.
struct Copy {
  std::vector<int64_t> indices;
  std::vector<float> inputs, targets;
  std::vector<int32_t> labels;
  bool operator==(const Copy&) const = default;
};

Copy copy_of(const Loader::Batch& b) {
  return {{b.indices.begin(), b.indices.end()},
          {b.inputs.begin(), b.inputs.end()},
          {b.targets.begin(), b.targets.end()},
          {b.labels.begin(), b.labels.end()}};
}

std::vector<Copy> epoch_of(Loader& loader, uint32_t epoch, int64_t first = 0) {
  std::vector<Copy> all;
  loader.start(epoch, first);
  while (const Loader::Batch* batch = loader.next()) all.push_back(copy_of(*batch));
  EXPECT_EQ(loader.next(), nullptr);
  return all;
}

// A loader over images, with all its settings.
struct Options : LoaderOptions {
  Preprocess preprocess;
  AugmentOptions augment;
  size_t cache_bytes = size_t{1} << 30;
};

class ImageLoader : public Loader {
 public:
  ImageLoader(std::shared_ptr<const ImageDataset> images, int64_t classes, const Options& o)
      : Loader(image_samples(images, o.preprocess, o.augment, o.cache_bytes), classes, o,
               mixes_targets(o.augment) ? class_targets(images, classes) : nullptr) {}
};

Options small(int threads = 2) {
  Options o;
  o.batch = 8;
  o.threads = threads;
  o.preprocess.size = 6;
  o.preprocess.crop = Crop::squash;
  o.preprocess.mean = {0.4f, 0.5f, 0.6f};
  return o;
}

Options augmented(int threads = 2) {
  Options o = small(threads);
  o.shuffle = true;
  o.seed = 5;
  o.augment = {.random_resized_crop = true,
               .flip = 0.5,
               .randaugment_ops = 2,
               .brightness = 0.4,
               .contrast = 0.4,
               .saturation = 0.4,
               .hue = 0.1,
               .grayscale = 0.2,
               .erase = 0.5,
               .mixup = 0.8,
               .cutmix = 1};
  return o;
}

TEST(Loader, GivesAllImagesInOrderAndZeroesPastTheLast) {
  const auto images = std::make_shared<Made>(21);
  ImageLoader loader(images, kClasses, small());
  ASSERT_EQ(loader.batches(), 3);
  const std::vector<Copy> epoch = epoch_of(loader, 0);
  ASSERT_EQ(epoch.size(), 3u);
  const size_t input = 3 * 6 * 6;
  std::vector<float> want(input);
  for (int64_t i = 0; i < 21; ++i) {
    const Copy& batch = epoch[static_cast<size_t>(i / 8)];
    const auto at = static_cast<size_t>(i % 8);
    EXPECT_EQ(batch.indices[at], i);
    EXPECT_EQ(batch.labels[at], i % kClasses);
    preprocess_image(images->image(i), small().preprocess, want);
    EXPECT_TRUE(
        std::equal(want.begin(), want.end(), batch.inputs.begin() + static_cast<ptrdiff_t>(at * input)));
  }
  EXPECT_EQ(epoch[2].indices.size(), 5u);
  EXPECT_TRUE(std::all_of(epoch[2].inputs.begin() + 5 * input, epoch[2].inputs.end(),
                          [](float x) { return x == 0; }));
  EXPECT_EQ(epoch[0].inputs.size(), 8 * input);
  EXPECT_TRUE(epoch[0].targets.empty());
}

TEST(Loader, SameBitsForAnyThreadsCacheAndResume) {
  const auto images = std::make_shared<Made>(53);
  Options padded = augmented(1), cropped = small(1);
  padded.augment.random_resized_crop = false;
  padded.augment.pad_crop = 2;
  cropped.preprocess.crop = Crop::center;
  cropped.preprocess.crop_pct = 0.6;  // not the same when done twice
  for (const Options& o : {augmented(1), padded, small(1), cropped}) {
    Options uncached = o;
    uncached.cache_bytes = 0;
    ImageLoader reference(images, kClasses, uncached);
    const std::vector<Copy> first = epoch_of(reference, 3), second = epoch_of(reference, 4);
    EXPECT_EQ(epoch_of(reference, 3), first);
    for (const int threads : {1, 2, 5}) {
      for (const size_t cache : {size_t{0}, size_t{2000}, size_t{5000}, size_t{1} << 30}) {
        Options other = o;
        other.threads = threads;
        other.cache_bytes = cache;
        other.ahead = threads;
        ImageLoader loader(images, kClasses, other);
        EXPECT_EQ(epoch_of(loader, 3), first) << threads << " threads, cache " << cache;
        EXPECT_EQ(epoch_of(loader, 4), second);
        const std::vector<Copy> rest = epoch_of(loader, 4, 5);
        EXPECT_EQ(rest, std::vector<Copy>(second.begin() + 5, second.end()));
      }
    }
  }
}

TEST(Loader, ShufflesEachEpochAnew) {
  Options o = small();
  o.shuffle = true;
  o.drop_last = true;
  ImageLoader loader(std::make_shared<Made>(53), kClasses, o);
  std::map<std::vector<int64_t>, int> orders;
  for (uint32_t epoch = 0; epoch < 4; ++epoch) {
    std::vector<int64_t> order;
    for (const Copy& batch : epoch_of(loader, epoch)) {
      order.insert(order.end(), batch.indices.begin(), batch.indices.end());
    }
    EXPECT_EQ(order.size(), 48u);
    ++orders[order];
    EXPECT_EQ(std::set<int64_t>(order.begin(), order.end()).size(), 48u);
  }
  EXPECT_EQ(orders.size(), 4u);
}

TEST(Loader, DecodesOnceWhereTheCacheHasRoom) {
  const auto images = std::make_shared<Made>(40);
  ImageLoader loader(images, kClasses, augmented());
  for (uint32_t epoch = 0; epoch < 3; ++epoch) epoch_of(loader, epoch);
  EXPECT_EQ(images->decoded, 40);
  Options none = augmented();
  none.cache_bytes = 0;
  ImageLoader uncached(images, kClasses, none);
  for (uint32_t epoch = 0; epoch < 3; ++epoch) epoch_of(uncached, epoch);
  EXPECT_EQ(images->decoded, 160);
}

TEST(Loader, ThrowsTheFirstErrorOfABatchAndGoesOnAfterStart) {
  for (const int threads : {1, 4}) {
    ImageLoader loader(std::make_shared<Made>(40, std::set<int64_t>{19, 21, 30}), kClasses, small(threads));
    for (int round = 0; round < 2; ++round) {
      loader.start(0);
      EXPECT_NE(loader.next(), nullptr);
      EXPECT_NE(loader.next(), nullptr);
      for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(error_text([&] { loader.next(); }), "made#19: broken");
      }
    }
    loader.start(0, 4);
    EXPECT_NE(loader.next(), nullptr);
    EXPECT_EQ(loader.next(), nullptr);
  }
}

TEST(Loader, EndsAtAnyPoint) {
  for (int taken = 0; taken < 4; ++taken) {
    ImageLoader loader(std::make_shared<Made>(400, std::set<int64_t>{9}), kClasses, small(3));
    EXPECT_EQ(loader.next(), nullptr);
    loader.start(0, 2);
    for (int i = 0; i < taken; ++i) loader.next();
    if (taken % 2 == 1) loader.start(1);
  }
}

TEST(Loader, MixesTargetsToRowsOfOne) {
  Options o = augmented();
  ImageLoader loader(std::make_shared<Made>(53), kClasses, o);
  int mixed = 0;
  for (const Copy& batch : epoch_of(loader, 1)) {
    ASSERT_EQ(batch.targets.size(), 8u * kClasses);
    for (size_t i = 0; i < 8; ++i) {
      float sum = 0;
      for (size_t c = 0; c < kClasses; ++c) sum += batch.targets[i * kClasses + c];
      EXPECT_NEAR(sum, i < batch.indices.size() ? 1 : 0, 1e-6);
      if (i < batch.indices.size())
        mixed += batch.targets[i * kClasses + static_cast<size_t>(batch.labels[i])] < 1;
    }
  }
  EXPECT_GT(mixed, 10);
}

TEST(Loader, SubsetsOfSamplesAreDrawnAsInTheWhole) {
  Options o = augmented();
  o.augment.mixup = o.augment.cutmix = 0;
  o.shuffle = false;
  const auto all = image_samples(std::make_shared<Made>(53), o.preprocess, o.augment);
  Loader whole(all, kClasses, o), part(subset(all, {50, 3, 3, 17}), kClasses, o);
  const std::vector<Copy> epoch = epoch_of(whole, 2), few = epoch_of(part, 2);
  ASSERT_EQ(few.size(), 1u);
  EXPECT_EQ(few[0].indices, (std::vector<int64_t>{0, 1, 2, 3}));
  const auto input = static_cast<size_t>(all->input_size());
  for (size_t i = 0; i < 4; ++i) {
    const size_t at = std::array<size_t, 4>{50, 3, 3, 17}[i];
    const Copy& batch = epoch[at / 8];
    EXPECT_EQ(few[0].labels[i], batch.labels[at % 8]);
    EXPECT_TRUE(std::equal(few[0].inputs.begin() + static_cast<ptrdiff_t>(i * input),
                           few[0].inputs.begin() + static_cast<ptrdiff_t>((i + 1) * input),
                           batch.inputs.begin() + static_cast<ptrdiff_t>(at % 8 * input)));
  }
  EXPECT_THROW(subset(all, {53}), Error);
}

TEST(Loader, RefusesWhatCannotBe) {
  EXPECT_THROW(Loader(nullptr, kClasses, LoaderOptions{}), Error);
  const auto images = std::make_shared<Made>(10);
  EXPECT_THROW(ImageLoader(nullptr, kClasses, small()), Error);
  EXPECT_THROW(ImageLoader(std::make_shared<Made>(0), kClasses, small()), Error);
  EXPECT_THROW(ImageLoader(images, 2, small()), Error);  // a label 2
  Options o = small();
  o.batch = 0;
  EXPECT_THROW(ImageLoader(images, kClasses, o), Error);
  o = small();
  o.augment.flip = 1.5;
  EXPECT_THROW(ImageLoader(images, kClasses, o), Error);
  ImageLoader loader(images, kClasses, small());
  EXPECT_THROW(loader.start(0, 3), Error);
  EXPECT_NO_THROW(loader.start(0, 2));
  EXPECT_EQ(loader.next(), nullptr);
}

}  // namespace
}  // namespace ax
