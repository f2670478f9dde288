#include "adapterx/data/images/joined_images.h"

#include <gtest/gtest.h>

#include <array>

#include "adapterx/base/error_text_test.h"
#include "adapterx/data/images/image_samples.h"
#include "adapterx/data/loader.h"

namespace ax {
namespace {

// Grey images: image i has the value 10 * i + first, class i % classes, and, as a second thing told, i % 2,
// of the last image nothing.
class GreyImages : public ImageDataset {
 public:
  GreyImages(int64_t size, int32_t classes, int first) : size_(size), classes_(classes), first_(first) {}
  int64_t size() const override { return size_; }
  int32_t label(int64_t i) const override { return static_cast<int32_t>(i) % classes_; }
  std::string name(int64_t i) const override { return fmt::format("grey {}#{}", first_, i); }
  void labels(int64_t i, std::span<int32_t> out) const override {
    out[0] = label(i);
    if (out.size() > 1) out[1] = i + 1 == size_ ? -1 : static_cast<int32_t>(i % 2);
  }
  Image image(int64_t i) const override {
    Image image = new_image(name(i), 4, 4);
    std::fill_n(image.pixels.get(), image.size(), static_cast<uint8_t>(first_ + 10 * i));
    return image;
  }

 private:
  int64_t size_;
  int32_t classes_;
  int first_;
};

ImageSplits joined() {
  JoinedPart glyphs{"glyphs:classes=3,per_class=2", {}};
  glyphs.splits.classes = {"a", "b", "c"};
  glyphs.splits.further = {{"x", {"left", "right"}}};
  glyphs.splits.train = std::make_shared<GreyImages>(5, 3, 1);
  JoinedPart photos{"data/photos/", {}};
  photos.splits.classes = {"cat", "dog"};
  photos.splits.train = std::make_shared<GreyImages>(4, 2, 100);
  return join_images({glyphs, photos});
}

TEST(JoinedImages, AHeadForEachLabelSet) {
  const ImageSplits splits = joined();
  EXPECT_EQ(splits.classes, (std::vector<std::string>{"glyphs: a", "glyphs: b", "glyphs: c", "glyphs/x: left",
                                                      "glyphs/x: right", "photos: cat", "photos: dog"}));
  ASSERT_EQ(splits.heads.size(), 3u);
  EXPECT_EQ(splits.heads[1].name, "glyphs/x");
  EXPECT_EQ(splits.heads[0].classes, 3);
  EXPECT_EQ(splits.heads[1].classes, 2);
  EXPECT_EQ(splits.heads[2].classes, 2);
  EXPECT_EQ(splits.train->size(), 9);
  EXPECT_FALSE(splits.val || splits.test);
}

TEST(JoinedImages, SamplesAndTargetsAreTheirParts) {
  const ImageSplits splits = joined();
  const ImageDataset& all = *splits.train;
  EXPECT_EQ(all.name(4), "grey 1#4");
  EXPECT_EQ(all.name(5), "grey 100#0");
  EXPECT_EQ(all.image(8).pixels[0], 130);
  EXPECT_EQ(all.label(1), 1);
  EXPECT_EQ(all.label(6), 6);
  const auto targets = [&](int64_t i) {
    std::array<float, 7> row{};
    all.add_targets(i, row);
    return row;
  };
  EXPECT_EQ(targets(1), (std::array<float, 7>{0, 0.5f, 0, 0, 0.5f, 0, 0}));
  EXPECT_EQ(targets(4), (std::array<float, 7>{0, 1, 0, 0, 0, 0, 0}));  // nothing told of x
  EXPECT_EQ(targets(7), (std::array<float, 7>{0, 0, 0, 0, 0, 1, 0}));
}

TargetsPtr rows_of(const std::shared_ptr<const SampleSource>& samples) {
  return class_targets({samples, &samples->dataset()}, 7);
}

// Batches have the rows, also through subsets, and mixing leaves each row's sum of each sample's parts.
TEST(JoinedImages, BatchesCarryRowsOfTargets) {
  const ImageSplits splits = joined();
  Preprocess preprocess = preprocess_preset("half");
  preprocess.size = 4;
  const auto samples = image_samples(subset(splits.train, {8, 1}), preprocess);
  Loader plain(samples, 7, {.batch = 3}, rows_of(samples));
  plain.start(0);
  const Loader::Batch* batch = plain.next();
  const std::vector<float> want = {0, 0, 0, 0, 0, 0, 1, 0, 0.5f, 0, 0, 0.5f, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(std::vector<float>(batch->targets.begin(), batch->targets.end()), want);

  const auto mixing = image_samples(subset(splits.train, {8, 1}), preprocess, {.mixup = 1});
  Loader mixed(mixing, 7, {.batch = 2}, rows_of(mixing));
  mixed.start(0);
  batch = mixed.next();
  const float own = batch->targets[6];
  EXPECT_GT(own, 0);
  EXPECT_LT(own, 1);
  EXPECT_FLOAT_EQ(batch->targets[1], (1 - own) / 2);
  EXPECT_FLOAT_EQ(batch->targets[4], (1 - own) / 2);
  EXPECT_FLOAT_EQ(batch->targets[7 + 6], 1 - own);
  EXPECT_FLOAT_EQ(batch->targets[7 + 1], own / 2);
}

// What is told of a glyph's place stays true; photographs are flipped.
TEST(JoinedImages, OnlyImagesWithOneLabelAreAugmented) {
  const ImageSplits splits = joined();
  Preprocess preprocess = preprocess_preset("half");
  preprocess.size = 4;
  const auto plain = image_samples(splits.train, preprocess);
  const auto augmented = image_samples(splits.train, preprocess, {.brightness = 0.9});
  for (int64_t i = 0; i < splits.train->size(); ++i) {
    std::vector<float> a(48), b(48);
    plain->sample({1, 0, i}, a.data());
    augmented->sample({1, 0, i}, b.data());
    EXPECT_EQ(a == b, i < 5) << i;
    EXPECT_EQ(splits.train->augmented(i), i >= 5);
  }
}

TEST(JoinedImages, RepeatsComeOneAfterTheOther) {
  JoinedPart part{"photos", {}, 3};
  part.splits.classes = {"cat", "dog"};
  part.splits.train = std::make_shared<GreyImages>(4, 2, 100);
  const ImageSplits splits = join_images({part, part});
  EXPECT_EQ(splits.train->size(), 24);
  EXPECT_EQ(splits.train->name(11), "grey 100#3");
  EXPECT_EQ(splits.train->label(11), 1);
  EXPECT_EQ(splits.train->label(13), 3);
  EXPECT_EQ(splits.classes.size(), 4u);
}

TEST(JoinedImages, OneMayBeRepeatedAlone) {
  DatasetSpec spec;
  spec.path = "3*fractals:classes=2,per_class=2";
  const ImageSplits splits = open_image_splits(spec);
  EXPECT_EQ(splits.train->size(), 12);
  EXPECT_EQ(splits.heads.size(), 1u);
}

TEST(JoinedImages, EveryPartNeedsTrainingImages) {
  EXPECT_EQ(error_text([] { join_images({{"data/empty", {}}}); }), "data/empty: no training images");
}

}  // namespace
}  // namespace ax
