#include "adapterx/data/points/recognise_clouds.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace ax {
namespace {

namespace fs = std::filesystem;

class RecogniseClouds : public testing::Test {
 protected:
  RecogniseClouds() : folder_(fs::temp_directory_path() / ("ax_recognise_" + std::to_string(::getpid()))) {}
  ~RecogniseClouds() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text = "") const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  bool holds(const std::string& name, const std::string& format = "auto") const {
    DatasetSpec spec;
    spec.path = folder_ / name;
    spec.format = format;
    return holds_clouds(spec);
  }

  fs::path folder_;
};

TEST_F(RecogniseClouds, FoldersByWhatLiesBelow) {
  write("meshes/chair/1.obj");
  write("meshes/chair/texture.png");
  write("texts/train/disk/0.txt");
  write("photos/cat/1.JPG");
  write("photos/cat/1.txt", "a caption");
  write("lists/train800.txt", "x 1");
  write("lists/classes.txt", "a");
  write("scan/main_split/training_objectdataset.h5");
  EXPECT_TRUE(holds("meshes"));
  EXPECT_TRUE(holds("texts"));
  EXPECT_TRUE(holds("scan"));
  EXPECT_FALSE(holds("photos"));
  EXPECT_FALSE(holds("lists"));
  EXPECT_FALSE(holds("nowhere"));
}

TEST_F(RecogniseClouds, FilesByTheirNamesAndLists) {
  for (const char* name : {"a.npz", "a.pkl", "a.obj", "a.PLY", "a.npy"}) {
    write(name);
    EXPECT_TRUE(holds(name)) << name;
  }
  write("a.png");
  write("list.txt");
  EXPECT_FALSE(holds("list.txt"));
  write("shapes.csv", "path,label\na.off,chair\n");
  write("images.csv", "path,label\na.png,cat\n");
  write("broken.csv", "path,label\na.off\n");
  EXPECT_FALSE(holds("a.png"));
  EXPECT_TRUE(holds("shapes.csv"));
  EXPECT_FALSE(holds("images.csv"));
  EXPECT_FALSE(holds("broken.csv"));
}

TEST_F(RecogniseClouds, ANamedFormatDecides) {
  write("photos/cat/1.jpg");
  write("meshes/chair/1.obj");
  EXPECT_TRUE(holds("photos", "shapes"));
  EXPECT_TRUE(holds("nowhere", "modelnet"));
  EXPECT_FALSE(holds("meshes", "folder"));
}

}  // namespace
}  // namespace ax
