// Layouts of labelled files, by files of a kind that this test makes up.
#include "adapterx/data/labelled_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "adapterx/base/error_text_test.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

const FileKind kTones = {"tones", ".tone", [](const fs::path& p) { return p.extension() == ".tone"; }};

class LabelledFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() / fmt::format("ax_labelled_{}_{}", ::getpid(), test->name());
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text = "") const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  // "label file", paths as below the folder.
  std::vector<std::string> texts(const std::vector<LabelledFile>& files) const {
    std::vector<std::string> all;
    for (const LabelledFile& f : files) {
      all.push_back(fmt::format("{} {}", f.label, fs::path(f.path).lexically_relative(folder_).string()));
    }
    return all;
  }
  FileSplits csv(const std::string& text) const {
    write("list.csv", text);
    return labelled_csv(folder_ / "list.csv", kTones);
  }

  using Texts = std::vector<std::string>;
  fs::path folder_;
};

TEST_F(LabelledFilesTest, ClassFoldersAreTrainingFiles) {
  for (const char* name : {"b/2.tone", "b/1.tone", "a/deep/x.tone", "b/notes.txt", ".git/y.tone"})
    write(name);
  const FileSplits splits = labelled_folder(folder_, kTones);
  EXPECT_EQ(splits.classes, (Texts{"a", "b"}));
  EXPECT_EQ(texts(splits.train), (Texts{"0 a/deep/x.tone", "1 b/1.tone", "1 b/2.tone"}));
  EXPECT_TRUE(splits.val.empty() && splits.test.empty());
}

TEST_F(LabelledFilesTest, SplitFoldersKeepTheirFiles) {
  for (const char* split : {"train", "valid", "test"}) {
    for (const char* name : {"a", "b"}) write(fmt::format("{}/{}/{}.tone", split, name, split));
  }
  const FileSplits splits = labelled_folder(folder_, kTones);
  EXPECT_EQ(texts(splits.train), (Texts{"0 train/a/train.tone", "1 train/b/train.tone"}));
  EXPECT_EQ(texts(splits.val), (Texts{"0 valid/a/valid.tone", "1 valid/b/valid.tone"}));
  EXPECT_EQ(texts(splits.test), (Texts{"0 test/a/test.tone", "1 test/b/test.tone"}));
  write("val/a/x.tone");
  expect_part(error_text([&] { labelled_folder(folder_, kTones); }),
              "expected one folder of the split, got val and valid");
}

TEST_F(LabelledFilesTest, SplitsHaveTheSameClasses) {
  for (const char* name : {"train/a/x.tone", "train/b/x.tone", "test/b/x.tone"}) write(name);
  expect_part(error_text([&] { labelled_folder(folder_, kTones); }), "got no folder `a`");
  write("test/a/x.tone");
  write("test/c/x.tone");
  expect_part(error_text([&] { labelled_folder(folder_, kTones); }), "got also the folder `c`");
}

TEST_F(LabelledFilesTest, AClassWithoutFilesSaysWhatIsThere) {
  write("a/x.tone");
  write("b/x.png");
  expect_part(error_text([&] { labelled_folder(folder_, kTones); }),
              "expected tones (.tone) of the class, got none but images, which take a model of images");
  fs::remove(folder_ / "b/x.png");
  write("b/x.obj");
  expect_part(error_text([&] { labelled_folder(folder_, kTones); }), "but 3D shapes");
  EXPECT_THROW(labelled_folder(folder_ / "none", kTones), Error);
}

TEST_F(LabelledFilesTest, AListsNamesAreClassesInByteOrder) {
  for (const char* name : {"x.tone", "y.tone", "z.tone"}) write(name);
  const FileSplits splits = csv("path,label,split\nx.tone,dog,test\ny.tone,Cat,\nz.tone,dog,val\n");
  EXPECT_EQ(splits.classes, (Texts{"Cat", "dog"}));
  EXPECT_EQ(texts(splits.train), (Texts{"0 y.tone"}));
  EXPECT_EQ(texts(splits.val), (Texts{"1 z.tone"}));
  EXPECT_EQ(texts(splits.test), (Texts{"1 x.tone"}));
}

TEST_F(LabelledFilesTest, AListsNumbersAreTheLabels) {
  for (const char* name : {"x.tone", "y.tone"}) write(name);
  const std::string list = "x.tone,10\ny.tone,2\n";
  const FileSplits splits = csv(list);
  EXPECT_EQ(splits.classes.size(), 11u);  // not the two that are there, and 10 isn't before 2
  EXPECT_EQ(splits.classes[10], "10");
  EXPECT_EQ(texts(splits.train), (Texts{"10 x.tone", "2 y.tone"}));
  write("classes.txt", "a\nb\n");
  expect_part(error_text([&] { csv(list); }), "got 2 for the label 10 of");
  expect_part(error_text([&] { csv(list); }), "list.csv:1");
}

TEST_F(LabelledFilesTest, AListThatMixesBothHasNames) {
  for (const char* name : {"x.tone", "y.tone"}) write(name);
  EXPECT_EQ(csv("x.tone,10\ny.tone,two\n").classes, (Texts{"10", "two"}));
}

TEST_F(LabelledFilesTest, WhatAListNamesMustBeThere) {
  write("x.tone");
  expect_part(error_text([&] { csv("x.tone,0\ny.tone,1\n"); }), "list.csv:2: ");
  fs::create_directories(folder_ / "y.tone");
  expect_part(error_text([&] { csv("x.tone,0\ny.tone,1\n"); }), "expected a file, got something else");
  expect_part(error_text([&] { csv("path,label,split\nx.tone,0,val\n"); }),
              "expected tones to train on or to test, got none");
}

}  // namespace
}  // namespace ax
