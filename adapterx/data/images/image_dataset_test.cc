#include "adapterx/data/images/image_dataset.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "adapterx/base/error.h"
#include "adapterx/base/error_text_test.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

class DatasetTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() / fmt::format("ax_dataset_{}_{}", ::getpid(), test->name());
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text = "") const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  // A grey pixel as an image.
  void image(const std::string& name, int value = 0) const {
    write(name, "P2 1 1 255 " + std::to_string(value));
  }

  ImageSplits open(DatasetSpec spec = {}, const std::string& name = "") const {
    spec.path = folder_ / name;
    return open_image_splits(spec);
  }

  void expect_error(const std::string& part, DatasetSpec spec = {}, const std::string& name = "") const {
    const std::string text = error_text([&] { open(spec, name); });
    expect_part(text, part);
    expect_part(text, folder_.string());
  }

  // `images` images in each of `classes` class folders below.
  void classes(const std::string& where, int count, int images) const {
    for (int c = 0; c < count; ++c) {
      for (int i = 0; i < images; ++i) image(fmt::format("{}c{}/{:02}.pgm", where, c, i), c * 10 + i);
    }
  }

  fs::path folder_;
};

std::vector<std::string> names_of(const ImageDataset& images) {
  std::vector<std::string> names;
  for (int64_t i = 0; i < images.size(); ++i) names.push_back(images.name(i));
  return names;
}

std::vector<int64_t> class_counts(const ImageDataset& images, size_t classes) {
  std::vector<int64_t> counts(classes, 0);
  for (int64_t i = 0; i < images.size(); ++i) ++counts[static_cast<size_t>(images.label(i))];
  return counts;
}

TEST_F(DatasetTest, FolderOfClasses) {
  image("b/2.pgm", 5);
  image("b/deep/1.PGM", 6);
  image("B/x.pgm", 7);
  image("10/x.pgm", 8);
  write("b/notes.txt", "no image");
  write("notes.txt", "no class");
  fs::create_directories(folder_ / ".hidden");
  const ImageSplits splits = open({.val_fraction = 0});
  EXPECT_EQ(splits.format, "folder");
  EXPECT_EQ(splits.classes, (std::vector<std::string>{"10", "B", "b"}));  // bytes, not letters
  EXPECT_EQ(splits.val, nullptr);
  EXPECT_EQ(splits.test, nullptr);
  ASSERT_EQ(splits.train->size(), 4);
  EXPECT_EQ(splits.train->name(2), (folder_ / "b/2.pgm").string());
  EXPECT_EQ(splits.train->label(3), 2);
  EXPECT_EQ(splits.train->image(3).pixels[2], 6);
}

TEST_F(DatasetTest, FolderOfSplits) {
  classes("train/", 3, 4);
  classes("valid/", 3, 2);
  classes("test/", 3, 1);
  image("other/x.pgm");
  const ImageSplits splits = open();
  EXPECT_EQ(splits.classes, (std::vector<std::string>{"c0", "c1", "c2"}));
  EXPECT_EQ(splits.train->size(), 12);
  EXPECT_EQ(splits.val->size(), 6);
  EXPECT_EQ(splits.test->size(), 3);
  classes("val/", 3, 2);
  expect_error("expected one folder of the split, got val and valid");
}

TEST_F(DatasetTest, ClassesCanBeRenamed) {
  classes("", 2, 5);
  write("names", "one\ntwo\n");
  EXPECT_EQ(open({.class_names = folder_ / "names"}).classes, (std::vector<std::string>{"one", "two"}));
  write("names", "one\ntwo\nthree\n");
  expect_error("names: expected the names of 2 classes, got 3", {.class_names = folder_ / "names"});
  expect_error("nothing: cannot open", {.class_names = folder_ / "nothing"});
}

TEST_F(DatasetTest, AClassMayBeCalledTrain) {
  image("train/1.jpg");
  image("bus/1.jpg");
  EXPECT_EQ(open({.val_fraction = 0}).classes, (std::vector<std::string>{"bus", "train"}));
}

TEST_F(DatasetTest, FolderErrorsNameTheOddOne) {
  expect_error("expected a subfolder of images for each class");
  classes("train/", 2, 2);
  classes("test/", 3, 2);
  expect_error("got also the folder `c2`");
  fs::remove_all(folder_ / "test");
  classes("test/", 1, 2);
  expect_error("got no folder `c1`");
  fs::remove_all(folder_ / "test");
  fs::create_directories(folder_ / "train/c2");
  expect_error("train/c2: expected images");
  fs::remove_all(folder_ / "train/c2");
  fs::remove_all(folder_ / "train/c1");
  expect_error("expected at least 2 classes, got 1");
  expect_error("no such file or folder", {}, "missing");
  expect_error("expected a file for data of format csv", {.format = "csv"});
  EXPECT_THROW(open({.format = "floder"}), Error);
}

TEST_F(DatasetTest, WithoutLabelsAFolderOfImagesWillDo) {
  for (const char* name : {"b.pgm", "a.pgm", "c.pgm"}) image(name);
  write("notes.txt");
  expect_error("expected a subfolder of images for each class");
  const ImageSplits splits = open({.val_fraction = 0, .labelled = false});
  EXPECT_EQ(splits.classes, std::vector<std::string>{"unlabelled"});
  const std::string at = folder_.string();
  EXPECT_EQ(names_of(*splits.train), (std::vector<std::string>{at + "/a.pgm", at + "/b.pgm", at + "/c.pgm"}));
  EXPECT_EQ(splits.train->label(2), 0);

  classes("of_one/", 1, 2);
  expect_error("expected at least 2 classes, got 1", {}, "of_one");
  EXPECT_EQ(open({.val_fraction = 0, .labelled = false}, "of_one").classes, std::vector<std::string>{"c0"});
  fs::create_directories(folder_ / "none");
  expect_error("expected images (.jpg", {.labelled = false}, "none");
}

TEST_F(DatasetTest, SplitsOffAStratifiedPart) {
  classes("", 3, 20);
  const ImageSplits splits = open({.val_fraction = 0.25, .seed = 3});
  EXPECT_EQ(class_counts(*splits.train, 3), (std::vector<int64_t>{15, 15, 15}));
  EXPECT_EQ(class_counts(*splits.val, 3), (std::vector<int64_t>{5, 5, 5}));
  std::set<std::string> all;
  for (const auto& part : {splits.train, splits.val}) {
    for (const std::string& name : names_of(*part)) EXPECT_TRUE(all.insert(name).second) << name;
  }
  EXPECT_EQ(all.size(), 60u);
  EXPECT_EQ(names_of(*open({.val_fraction = 0.25, .seed = 3}).val), names_of(*splits.val));
  EXPECT_NE(names_of(*open({.val_fraction = 0.25, .seed = 4}).val), names_of(*splits.val));
}

TEST_F(DatasetTest, TakesSubsets) {
  classes("train/", 4, 20);
  classes("test/", 4, 2);
  const ImageSplits vtab = open({.train_size = 10, .val_size = 6});
  EXPECT_EQ(vtab.train->size(), 10);
  EXPECT_EQ(vtab.val->size(), 6);
  EXPECT_EQ(vtab.test->size(), 8);
  for (const int64_t n : class_counts(*vtab.train, 4)) EXPECT_TRUE(n == 2 || n == 3);
  for (const std::string& name : names_of(*vtab.val)) {
    EXPECT_EQ(std::ranges::count(names_of(*vtab.train), name), 0);
  }
  EXPECT_EQ(open({.train_size = 10}).val->size(), 2);  // 0.2 of 10
  EXPECT_EQ(open({.train_size = 10}).train->size(), 10);
  expect_error("expected at least 86 training images (80 and 6 for validation), got 80",
               {.train_size = 80, .val_size = 6});
  expect_error("expected a validation part in [0, 1), got 1", {.val_fraction = 1});
  classes("val/", 4, 3);
  EXPECT_EQ(open({.val_size = 5}).val->size(), 5);
  EXPECT_EQ(open({.val_size = 5}).train->size(), 80);
  expect_error("expected at least 13 validation images, got 12", {.val_size = 13});
}

TEST_F(DatasetTest, VtabLists) {
  for (const char* name : {"a b/1.pgm", "a b/2.pgm", "3.pgm"}) image(name, name[0] == '3' ? 3 : 1);
  write("train800.txt", "a b/1.pgm 1\n\na b/2.pgm 0\n");
  write("val200.txt", "3.pgm\t2");
  write("train800val200.txt", "missing.pgm 0\n");
  write("test.txt", "3.pgm 2\r\n");
  const ImageSplits splits = open();
  EXPECT_EQ(splits.format, "vtab");
  EXPECT_EQ(splits.classes, (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(splits.train->size(), 2);
  EXPECT_EQ(splits.val->label(0), 2);
  EXPECT_EQ(splits.test->image(0).pixels[0], 3);
  const auto both = concatenate(splits.train, splits.val);
  EXPECT_EQ(both->size(), 3);
  EXPECT_EQ(both->name(2), splits.val->name(0));
  EXPECT_EQ(concatenate(nullptr, splits.val), splits.val);

  write("classes.txt", "cat\ndog\n");
  expect_error("expected a name for each class, got 2 for the label 2 of");
  write("classes.txt", "cat\ndog\ncat\n");
  expect_error("classes.txt:3: expected another name than in line 1, got `cat` again");
  write("classes.txt", "cat\ndog\ncow\nfox\n");
  EXPECT_EQ(open().classes[3], "fox");
}

TEST_F(DatasetTest, VtabListsOfBoth) {
  for (int i = 0; i < 10; ++i) image(fmt::format("{}.pgm", i));
  std::string list;
  for (int i = 0; i < 10; ++i) list += fmt::format("{}.pgm {}\n", i, i % 2);
  write("train800val200.txt", list);
  EXPECT_EQ(open().val->size(), 2);
  EXPECT_EQ(open({.val_fraction = 0}).train->size(), 10);
  write("train800val200.txt", list + "gone.pgm 1\n");
  expect_error("train800val200.txt:11: ");
  write("train800val200.txt", list + "0.pgm -1\n");
  expect_error(
      "train800val200.txt:11: expected a path, a space and a label from 0 to 1048575, got `0.pgm -1`");
  write("train800val200.txt", "");
  expect_error("expected lines `path label`, got none");
  fs::remove(folder_ / "train800val200.txt");
  expect_error("expected train800.txt, train800val200.txt or test.txt", {.format = "vtab"});
}

std::string idx(const std::vector<uint32_t>& shape, const std::string& values) {
  std::string bytes{0, 0, 8, static_cast<char>(shape.size())};
  for (const uint32_t n : shape) {
    for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(n >> shift);
  }
  return bytes + values;
}

TEST_F(DatasetTest, Idx) {
  write("train-images-idx3-ubyte", idx({4, 1, 2}, "abcdefgh"));
  write("train-labels-idx1-ubyte", idx({4}, std::string("\0\1\0\1", 4)));
  write("t10k-images.idx3-ubyte", idx({1, 1, 2}, "xy"));
  write("t10k-labels.idx1-ubyte", idx({1}, "\2"));
  const ImageSplits splits = open({.val_fraction = 0});
  EXPECT_EQ(splits.format, "idx");
  EXPECT_EQ(splits.classes, (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(splits.train->name(2), "train-images-idx3-ubyte#2");
  const Image image = splits.train->image(2);
  EXPECT_EQ(image.width, 2);
  EXPECT_EQ(std::string(image.pixels.get(), image.pixels.get() + 6), "eeefff");
  EXPECT_EQ(splits.test->label(0), 2);
  EXPECT_TRUE(subset(splits.train, {1, 2})->in_memory());

  write("train-labels-idx1-ubyte", idx({3}, "abc"));
  expect_error("expected the labels of 4 images");
  fs::remove(folder_ / "train-labels-idx1-ubyte");
  expect_error("or .gz), got one of them");
  write("train-images-idx3-ubyte", idx({4, 2}, "abcdefgh"));
  write("train-labels-idx1-ubyte", idx({4}, "abcd"));
  expect_error("expected images [count, height, width], got [4, 2]");
  fs::remove(folder_ / "t10k-images.idx3-ubyte");
  write("train-images-idx3-ubyte", idx({4, 1, 3}, "abcdefgh"));
  expect_error("expected the 4 x 1 x 3 values of its header");
}

TEST_F(DatasetTest, Csv) {
  for (const char* name : {"1.pgm", "2, 3.pgm", "4.pgm"}) image(name);
  write("x.csv", "\"2, 3.pgm\",dog\n1.pgm,cat\r\n4.pgm,dog\n1.pgm,\"a \"\"b\"\"\"\n");
  const ImageSplits named = open({.val_fraction = 0}, "x.csv");
  EXPECT_EQ(named.format, "csv");
  EXPECT_EQ(named.classes, (std::vector<std::string>{"a \"b\"", "cat", "dog"}));
  EXPECT_EQ(named.train->label(0), 2);
  EXPECT_EQ(named.train->name(0), (folder_ / "2, 3.pgm").string());

  write("y.csv", "Split,note,Label,Filename\ntrain,,1,1.pgm\nVal,,0,4.pgm\ntest,,2,4.pgm\n,,0,4.pgm\n");
  const ImageSplits numbered = open({}, "y.csv");
  EXPECT_EQ(numbered.classes, (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(numbered.train->size(), 2);
  EXPECT_EQ(numbered.val->size(), 1);
  EXPECT_EQ(numbered.test->label(0), 2);
}

TEST_F(DatasetTest, CsvErrorsNameTheLine) {
  image("1.pgm");
  const auto refuses = [&](const std::string& text, const std::string& part) {
    write("x.csv", text);
    expect_error(part, {}, "x.csv");
  };
  refuses("", "expected rows path,label, got none");
  refuses("path,label\n", "expected rows path,label after the header, got none");
  refuses("1.pgm\n", "x.csv:1: expected path,label or path,label,split, got 1 fields");
  refuses("name,label\n1.pgm,1\n", "x.csv:1: expected a column path");
  refuses("1.pgm,1\n\n1.pgm\n", "x.csv:3: expected 2 fields as in the first row, got 1");
  refuses("1.pgm,1\n1.pgm,\n", "x.csv:2: expected a path and a label");
  refuses("1.pgm,1,dev\n", "x.csv:1: expected a split train, val or test, got `dev`");
  refuses("1.pgm,1\nfolder/2.pgm,1\n", "x.csv:2: " + (folder_ / "folder/2.pgm").string() + ": no such file");
  refuses("1.pgm,0,val\n1.pgm,1,val\n", "expected images to train on or to test, got none");
  refuses("1.pgm,1\n\"1.pgm,1\n", "x.csv:2: a quoted field begins here and does not end");
}

TEST(Subset, RefusesIndicesOutside) {
  class None : public ImageDataset {
   public:
    int64_t size() const override { return 2; }
    int32_t label(int64_t) const override { return 0; }
    std::string name(int64_t) const override { return ""; }
    Image image(int64_t) const override { return {}; }
  };
  EXPECT_THROW(subset(std::make_shared<None>(), {0, 2}), Error);
  EXPECT_THROW(subset(std::make_shared<None>(), {-1}), Error);
  EXPECT_EQ(subset(std::make_shared<None>(), {1, 1, 0})->size(), 3);
}

TEST_F(DatasetTest, SeveralDataSetsAreOneWithAHeadEach) {
  classes("a/", 2, 3);
  classes("b/train/", 3, 2);
  classes("b/test/", 3, 1);
  DatasetSpec spec;
  spec.path = (folder_ / "a").string() + " + 2*" + (folder_ / "b").string();
  const ImageSplits splits = open_image_splits(spec);
  EXPECT_EQ(splits.train->size(), 18);
  EXPECT_FALSE(splits.val || splits.test);
  ASSERT_EQ(splits.heads.size(), 2u);
  EXPECT_EQ(splits.heads[1].name, "b");
  EXPECT_EQ(splits.classes.back(), "b: c2");
  spec.train_size = 5;
  EXPECT_THROW(open_image_splits(spec), Error);
}

}  // namespace
}  // namespace ax
