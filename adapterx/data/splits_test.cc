// Cuts lose no sample and give none to two sides.
#include "adapterx/data/splits.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "adapterx/base/error_text_test.h"
#include "adapterx/data/dataset_views.h"

namespace ax {
namespace {

// A kind of data set, as images are one.
class Numbers : public Dataset {};
using Data = std::shared_ptr<const Numbers>;

Data subset(Data whole, std::vector<int64_t> indices) {
  return std::make_shared<SubsetOf<Numbers>>(std::move(whole), std::move(indices));
}

// Three of four samples are of class 0.
class Made : public Numbers {
 public:
  explicit Made(int64_t size) : size_(size) {}
  int64_t size() const override { return size_; }
  int32_t label(int64_t i) const override { return i % 4 == 3; }
  std::string name(int64_t i) const override { return fmt::format("number#{}", i); }

 private:
  int64_t size_;
};

Data made(int64_t size) { return std::make_shared<Made>(size); }

struct Splits {
  std::vector<std::string> classes = {"a", "b"};
  Data train, val, test;
};

Splits cut(const DatasetSpec& spec, int64_t train, int64_t val = 0, int64_t test = 0) {
  Splits splits;
  if (test > 0) splits.test = made(test);
  if (train > 0) splits.train = made(train);
  if (val > 0) splits.val = made(val);
  cut_splits(spec, "images", true, splits);
  return splits;
}

std::vector<std::string> names(const Data& data) {
  std::vector<std::string> all;
  for (int64_t i = 0; data && i < data->size(); ++i) all.push_back(data->name(i));
  std::ranges::sort(all);
  return all;
}

int64_t of_class_1(const Data& data) {
  int64_t count = 0;
  for (int64_t i = 0; i < data->size(); ++i) count += data->label(i);
  return count;
}

TEST(Splits, TrainingAndValidationArePartsOfTheWhole) {
  const Splits splits = cut({.val_fraction = 0.25}, 80);
  EXPECT_EQ(splits.val->size(), 20);
  EXPECT_EQ(of_class_1(splits.val), 5);
  std::vector<std::string> both = names(splits.train);
  std::ranges::copy(names(splits.val), std::back_inserter(both));
  std::ranges::sort(both);
  EXPECT_EQ(both, names(made(80)));
}

TEST(Splits, AreDrawnByTheSeed) {
  const auto val_of = [](uint64_t seed) { return names(cut({.val_fraction = 0.25, .seed = seed}, 80).val); };
  EXPECT_EQ(val_of(1), val_of(1));
  EXPECT_NE(val_of(1), val_of(2));
}

TEST(Splits, FewTrainingSamplesHaveAsFewForValidation) {
  const Splits few = cut({.val_fraction = 0.25, .train_size = 16}, 80);
  EXPECT_EQ(few.train->size(), 16);
  EXPECT_EQ(of_class_1(few.train), 4);
  EXPECT_EQ(few.val->size(), 4);
  const Splits said = cut({.train_size = 16, .val_size = 8}, 80);
  EXPECT_EQ(said.train->size(), 16);
  EXPECT_EQ(said.val->size(), 8);
  std::vector<std::string> shared;
  std::ranges::set_intersection(names(said.train), names(said.val), std::back_inserter(shared));
  EXPECT_TRUE(shared.empty());
}

TEST(Splits, ValidationSamplesOfTheDataStay) {
  const Splits own = cut({.val_fraction = 0.25}, 80, 12);
  EXPECT_EQ(names(own.train), names(made(80)));
  EXPECT_EQ(names(own.val), names(made(12)));
  EXPECT_EQ(cut({.val_size = 4}, 80, 12).val->size(), 4);
  EXPECT_EQ(cut({.val_fraction = 0}, 80).val, nullptr);
  EXPECT_EQ(cut({}, 0, 12).train, nullptr);
}

TEST(Splits, FewTestSamplesAreDrawnToo) {
  const Splits few = cut({.test_size = 8, .seed = 1}, 80, 0, 40);
  EXPECT_EQ(few.test->size(), 8);
  EXPECT_EQ(of_class_1(few.test), 2);
  EXPECT_NE(names(few.test), names(cut({.test_size = 8, .seed = 2}, 80, 0, 40).test));
  EXPECT_EQ(names(cut({}, 80, 0, 40).test), names(made(40)));
  EXPECT_EQ(cut({.test_size = 8}, 80).test, nullptr);
}

TEST(Splits, WhatIsNotThereIsRefused) {
  const auto error = [](const DatasetSpec& spec, int64_t train, int64_t val = 0, int64_t test = 0) {
    return error_text([&] { cut(spec, train, val, test); });
  };
  expect_part(error({.test_size = 6}, 20, 0, 5), "expected at least 6 test images, got 5");
  expect_part(error({.train_size = 10, .val_size = 11}, 20),
              "expected at least 21 training images (10 and 11 for validation), got 20");
  EXPECT_EQ(error({.train_size = 10, .val_size = 10}, 20), "no error");
  expect_part(error({.train_size = 21}, 20, 5), "expected at least 21 training images");
  expect_part(error({.val_size = 6}, 20, 5), "expected at least 6 validation images, got 5");
  expect_part(error({.val_fraction = 1}, 20), "expected a validation part in [0, 1), got 1");
  expect_part(error({.train_size = -1}, 20), "expected sizes of 0 or more");
}

TEST(Splits, OneClassIsNoClassification) {
  Splits splits{{"a"}, made(3), nullptr, nullptr};  // all of class 0
  expect_part(error_text([&] { cut_splits({}, "images", true, splits); }),
              "expected at least 2 classes, got 1");
  EXPECT_EQ(error_text([&] { cut_splits({.labelled = false}, "images", true, splits); }), "no error");
}

TEST(Splits, NamesOfClassesComeFromAFile) {
  const auto file = std::filesystem::temp_directory_path() / fmt::format("ax_names_{}.txt", ::getpid());
  std::ofstream(file) << "cat\ndog\nowl\n";
  const auto renamed = [&](bool exact, std::vector<std::string> classes) {
    rename_classes({.class_names = file}, exact, classes);
    return classes;
  };
  EXPECT_EQ(renamed(true, {"0", "1", "2"}), (std::vector<std::string>{"cat", "dog", "owl"}));
  EXPECT_EQ(renamed(false, {"0", "1"}).size(), 3u);
  expect_part(error_text([&] { renamed(true, {"0", "1"}); }), "expected the names of 2 classes, got 3");
  expect_part(error_text([&] { renamed(false, {"0", "1", "2", "3"}); }), "of 4 classes, got 3");
  std::filesystem::remove(file);
}

TEST(Splits, AllButSomeIsTheRest) {
  EXPECT_EQ(all_but({1, 4}, 5), (std::vector<int64_t>{0, 2, 3}));
  EXPECT_EQ(all_but({}, 2), (std::vector<int64_t>{0, 1}));
  EXPECT_TRUE(all_but({0, 1}, 2).empty());
}

}  // namespace
}  // namespace ax
