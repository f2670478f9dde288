#include "adapterx/data/points/point_dataset.h"

#include <gtest/gtest.h>
#include <hdf5.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "adapterx/base/parallel.h"
#include "adapterx/io/reader_test.h"
#include "adapterx/io/tensors/npy.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

class PointDatasetTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() / fmt::format("ax_points_{}_{}", ::getpid(), test->name());
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text = "") const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  // A triangle of that side, as a mesh.
  void mesh(const std::string& name, int side = 1) const {
    write(name, fmt::format("v 0 0 0\nv {} 0 0\nv 0 {} 0\nf 1 2 3\n", side, side));
  }
  void copy_seed(const std::string& seed, const std::string& name) const {
    fs::create_directories((folder_ / name).parent_path());
    fs::copy_file(fs::path(AX_TESTS) / ".." / "fuzz" / "corpus" / "numpy_pickle" / seed, folder_ / name);
  }

  PointSplits open(DatasetSpec spec = {}, const std::string& name = "") const {
    spec.path = folder_ / name;
    return open_point_splits(spec);
  }
  void refuses(std::string_view part, DatasetSpec spec = {}, const std::string& name = "") const {
    const std::string text = error_text([&] { open(spec, name); });
    expect_part(text, part);
    expect_part(text, folder_.string());
  }

  // Clouds of `points` points whose coordinates count up.
  void h5(const std::string& name, int64_t clouds, int64_t points, const std::vector<int64_t>& labels,
          int64_t columns = 3) const {
    fs::create_directories((folder_ / name).parent_path());
    std::vector<float> xyz(static_cast<size_t>(clouds * points * columns));
    for (size_t i = 0; i < xyz.size(); ++i) xyz[i] = static_cast<float>(i);
    const hid_t file = H5Fcreate((folder_ / name).c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const auto add = [&](const char* set, std::vector<hsize_t> dims, hid_t type, const void* values) {
      const hid_t space = H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr);
      const hid_t made = H5Dcreate2(file, set, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
      EXPECT_GE(H5Dwrite(made, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), 0);
      H5Dclose(made), H5Sclose(space);
    };
    add("data", {static_cast<hsize_t>(clouds), static_cast<hsize_t>(points), static_cast<hsize_t>(columns)},
        H5T_NATIVE_FLOAT, xyz.data());
    add("label", {labels.size()}, H5T_NATIVE_INT64, labels.data());
    H5Fclose(file);
  }

  fs::path folder_;
};

std::vector<std::string> names_of(const PointDataset& clouds) {
  std::vector<std::string> names;
  for (int64_t i = 0; i < clouds.size(); ++i) names.push_back(fs::path(clouds.name(i)).filename());
  return names;
}

// .npz arrays by name; the values stay here.
struct Npz {
  std::vector<float> points;
  std::vector<int64_t> label, split;
  int64_t size = 0;

  void save(const fs::path& path) const {
    const auto count = static_cast<int64_t>(label.size());
    const auto bytes = [](const auto& values) { return std::as_bytes(std::span(values)); };
    TensorMap tensors = {{"points", {FileDType::f32, {count, size, 3}, bytes(points)}},
                         {"label", {FileDType::i64, {count}, bytes(label)}}};
    if (!split.empty()) tensors["split"] = {FileDType::i64, {std::ssize(split)}, bytes(split)};
    write_npz(path, tensors);
  }
};

Npz numbered(std::vector<int64_t> labels, std::vector<int64_t> split = {}, int64_t size = 4) {
  Npz npz{{}, std::move(labels), std::move(split), size};
  npz.points.resize(npz.label.size() * static_cast<size_t>(3 * size));
  for (size_t i = 0; i < npz.points.size(); ++i) npz.points[i] = static_cast<float>(i);
  return npz;
}

TEST_F(PointDatasetTest, FolderOfShapes) {
  mesh("b/2.obj", 2);
  mesh("b/deep/1.OBJ");
  write("a/x.xyz", "1 2 3\n4 5 6\n");
  write("a/x.mtl", "no shape");
  const PointSplits splits = open({.val_fraction = 0, .sample_points = 50});
  EXPECT_EQ(splits.format, "shapes");
  EXPECT_EQ(splits.classes, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(names_of(*splits.train), (std::vector<std::string>{"x.xyz", "2.obj", "1.OBJ"}));
  EXPECT_EQ(splits.train->points(0).xyz, (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(splits.train->points(1).size(), 50);
  EXPECT_EQ(splits.train->label(1), 1);
  EXPECT_TRUE(splits.unit_sphere);
  EXPECT_EQ(splits.skipped.count, 0);
  EXPECT_EQ(splits.val, nullptr);
  const std::vector<float> one = splits.train->points(2).xyz;
  const ThreadCount threads(1);
  EXPECT_EQ(open({.val_fraction = 0, .sample_points = 50}).train->points(2).xyz, one);
}

TEST_F(PointDatasetTest, BrokenShapesArePassedOverAndCounted) {
  for (int i = 0; i < 3; ++i) mesh(fmt::format("a/{}.obj", i)), mesh(fmt::format("b/{}.obj", i));
  for (int i = 0; i < 7; ++i) write(fmt::format("a/bad{}.obj", i), "v 0 0 0\nf 1 2 3\n");
  write("b/empty.ply");
  mesh("b/flat.obj", 0);
  const PointSplits splits = open({.val_fraction = 0});
  EXPECT_EQ(splits.train->size(), 6);
  EXPECT_EQ(splits.skipped.count, 9);
  ASSERT_EQ(splits.skipped.errors.size(), 5u);
  expect_part(splits.skipped.errors[0], "a/bad0.obj:2");
  for (int i = 0; i < 3; ++i) fs::remove(folder_ / fmt::format("a/{}.obj", i));
  refuses("expected shapes of class `a` that can be read, got none; 9 files were passed over");
  fs::remove_all(folder_ / "a");
  fs::create_directories(folder_ / "a");
  refuses("a: expected shapes (.obj");
}

TEST_F(PointDatasetTest, ListsOfShapesMustBeWhole) {
  mesh("1.obj");
  mesh("2.obj", 2);
  mesh("3.obj", 0);
  write("x.csv", "path,label,split\n1.obj,lamp,train\n2.obj,chair,test\n");
  const PointSplits splits = open({.val_fraction = 0}, "x.csv");
  EXPECT_EQ(splits.format, "csv");
  EXPECT_EQ(splits.classes, (std::vector<std::string>{"chair", "lamp"}));
  EXPECT_EQ(splits.train->label(0), 1);
  EXPECT_EQ(names_of(*splits.test), std::vector<std::string>{"2.obj"});
  write("x.csv", "1.obj,0\n3.obj,1\n");
  refuses("3.obj: mesh: expected triangles of an area above 0", {}, "x.csv");
  write("x.csv", "1.obj,0\n4.obj,1\n");
  refuses("x.csv:2: ", {}, "x.csv");
}

TEST_F(PointDatasetTest, CutsSplitsAndSums) {
  for (int c = 0; c < 2; ++c) {
    for (int i = 0; i < 10; ++i) mesh(fmt::format("c{}/{}.obj", c, i), i + 1);
  }
  const PointSplits splits = open({.val_fraction = 0.2, .train_size = 10, .seed = 3, .sample_points = 4});
  EXPECT_EQ(splits.train->size(), 10);
  EXPECT_EQ(splits.val->size(), 2);
  const auto both = concatenate(splits.train, splits.val);
  std::set<std::string> all;
  for (int64_t i = 0; i < both->size(); ++i) all.insert(both->name(i));
  EXPECT_EQ(all.size(), 12u);
  EXPECT_EQ(both->points(11).xyz, splits.val->points(1).xyz);
  EXPECT_EQ(subset(both, {11})->label(0), both->label(11));
  EXPECT_EQ(concatenate(nullptr, splits.val), splits.val);
  refuses("expected at least 41 training clouds", {.train_size = 40, .val_size = 1});
}

TEST_F(PointDatasetTest, Npz) {
  numbered({1, 0, 1, 2}, {0, 2, 1, 0}).save(folder_ / "x.npz");
  PointSplits splits = open({}, "x.npz");
  EXPECT_EQ(splits.format, "npz");
  EXPECT_EQ(splits.classes, (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(splits.train->size(), 2);
  EXPECT_EQ(splits.train->name(1), (folder_ / "x.npz").string() + "#3");
  EXPECT_EQ(splits.train->points(1).xyz[0], 36);
  EXPECT_EQ(splits.val->label(0), 1);
  EXPECT_EQ(splits.test->points(0).xyz[11], 23);
  write("class_names.txt", "ant\nbee\ncat\n");
  EXPECT_EQ(open({}, "x.npz").classes, (std::vector<std::string>{"ant", "bee", "cat"}));
}

TEST_F(PointDatasetTest, NpzErrorsNameArrayAndCloud) {
  const auto refused = [&](const Npz& npz, std::string_view part) {
    npz.save(folder_ / "x.npz");
    refuses(part, {}, "x.npz");
  };
  refused(numbered({0, 1, -1}), "x.npz#2: expected a label in [0, 2), got -1");
  refused(numbered({0, 1}, {0, 3}), "split: cloud 1: expected train, val or test");
  refused(numbered({0, 1}, {0}), "split: expected one for each of 2 clouds, got 1");
  refused(numbered({0, 1}, {1, 1}), "expected clouds to train on or to test");
  refused(numbered({0, int64_t{1} << 40}), "expected labels below 1048576");
  refused(numbered({0, 1}, {}, 0), "points: expected [clouds, points, 3], got [2, 0, 3]");
  refused(numbered({}), "points: expected");
  Npz npz = numbered({0, 1});
  npz.points[17] = std::numeric_limits<float>::infinity();
  refused(npz, "x.npz#1: point 1: expected finite coordinates, got inf");
  const std::vector<float> more(7 * 3);
  write_npz(folder_ / "x.npz", {{"points", {FileDType::f32, {7, 1, 3}, std::as_bytes(std::span(more))}},
                                {"label", {FileDType::i64, {2}, std::as_bytes(std::span(npz.label))}}});
  refuses("x.npz: expected 2 clouds for as many labels", {}, "x.npz");
  write("x.npz", "PK\x03\x04 and no more");
  refuses("x.npz", {}, "x.npz");
}

TEST_F(PointDatasetTest, LeavesOutRareClasses) {
  numbered({0, 1, 2, 2, 0, 2, 3, 2}, {0, 0, 0, 0, 2, 2, 2, 2}).save(folder_ / "x.npz");
  const PointSplits splits = open({.val_fraction = 0, .min_class_size = 2}, "x.npz");
  EXPECT_EQ(splits.classes, (std::vector<std::string>{"0", "2"}));
  EXPECT_EQ(splits.left_out, (std::vector<std::string>{"1", "3"}));
  EXPECT_EQ(splits.train->size(), 3);
  EXPECT_EQ(splits.train->label(1), 1);
  EXPECT_EQ(splits.train->points(1).xyz[0], 24);
  EXPECT_EQ(splits.test->size(), 3);
  EXPECT_TRUE(open({.val_fraction = 0, .min_class_size = 1}, "x.npz").left_out.empty());
  write("names.txt", "zero\none\ntwo\nthree\n");
  DatasetSpec named{.val_fraction = 0, .class_names = folder_ / "names.txt", .min_class_size = 2};
  EXPECT_EQ(open(named, "x.npz").classes, (std::vector<std::string>{"zero", "two"}));
  refuses("expected at least 2 classes, got 1", {.val_fraction = 0, .min_class_size = 3}, "x.npz");
  refuses("expected a least class size of 0 or more", {.min_class_size = -1}, "x.npz");
}

TEST_F(PointDatasetTest, ScanObjectNN) {
  const std::string plain = "_objectdataset.h5", disturbed = "_objectdataset_augmentedrot_scale75.h5";
  h5("main_split/training" + plain, 4, 5, {0, 1, 2, 3});
  h5("main_split/test" + plain, 2, 5, {14, 1});
  h5("main_split/training" + disturbed, 3, 6, {0, 1, 2});
  h5("main_split/test" + disturbed, 1, 6, {7});
  h5("main_split_nobg/training" + plain, 2, 7, {4, 5});
  h5("main_split_nobg/test" + plain, 1, 7, {6});
  for (const char* at : {"", "main_split", "main_split_nobg/"}) {
    const PointSplits splits = open({.val_fraction = 0}, at);
    EXPECT_EQ(splits.format, "scanobjectnn");
    EXPECT_EQ(splits.classes.size(), 15u);
    EXPECT_FALSE(splits.unit_sphere);
    EXPECT_EQ(splits.train->points(0).size(), 6);
    EXPECT_EQ(splits.classes[static_cast<size_t>(splits.test->label(0))], "door");
    EXPECT_EQ(open({.val_fraction = 0, .variant = "OBJ_BG"}, at).train->size(), 4);
    EXPECT_EQ(open({.val_fraction = 0, .variant = "OBJ_ONLY"}, at).train->points(1).xyz[0], 21);
  }
  refuses("variant `OBJ_BAG`: expected PB_T50_RS, OBJ_BG, OBJ_ONLY; did you mean `OBJ_BG`?",
          {.variant = "OBJ_BAG"});
  fs::remove_all(folder_ / "main_split_nobg");
  refuses("expected the folder main_split_nobg of OBJ_ONLY beside it", {.variant = "OBJ_ONLY"}, "main_split");
  h5("main_split/test" + disturbed, 1, 6, {15});
  refuses("scale75.h5#0: expected a label in [0, 15), got 15");
  h5("main_split/test" + disturbed, 2, 6, {1});
  refuses("data: expected clouds [1, points, 3], as many as labels, got [2, 6, 3]");
  h5("main_split/test" + disturbed, 1, 6, {1}, 4);
  refuses("got [1, 6, 4]");
  fs::remove(folder_ / ("main_split/test" + disturbed));
  refuses("scale75.h5: no such file");
}

TEST_F(PointDatasetTest, ModelNet) {
  const std::string root = "modelnet40_normal_resampled/";
  write(root + "modelnet40_shape_names.txt", "bed\nnight_stand\n");
  write(root + "modelnet40_train.txt", "night_stand_0001\nbed_0002\n");
  write(root + "modelnet40_test.txt", "bed_0003\n");
  write(root + "night_stand/night_stand_0001.txt", "1,2,3,0,0,1\n4,5,6,0,0,1\n");
  write(root + "bed/bed_0002.txt", "7,8,9,0,0,1\n");
  write(root + "bed/bed_0003.txt", "1,2\n");
  const PointSplits splits = open({.val_fraction = 0}, root);
  EXPECT_EQ(splits.format, "modelnet");
  EXPECT_EQ(splits.train->label(0), 1);
  EXPECT_EQ(splits.train->points(0).xyz, (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(splits.train->label(1), 0);
  expect_part(error_text([&] { splits.test->points(0); }), "bed_0003.txt:1");
  write(root + "modelnet40_test.txt", "bad_0003\n");
  refuses("modelnet40_test.txt: `bad_0003`: expected the name of a class and a number", {}, root);
  write(root + "modelnet40_test.txt", "bed_0004\n");
  refuses("bed_0004.txt: no such file", {}, root);
  refuses("modelnet10_shape_names.txt: no such file", {.variant = "modelnet10"}, root);
}

TEST_F(PointDatasetTest, ModelNetCache) {
  std::string names;
  for (int i = 0; i < 40; ++i) names += fmt::format("c{}\n", i);
  write("modelnet40_shape_names.txt", names);
  for (const char* seed : {"cache2.dat", "cache4.dat", "cache5.dat"}) {
    copy_seed(seed, "modelnet40_train_8192pts_fps.dat");
    const PointSplits splits = open({.val_fraction = 0});
    ASSERT_EQ(splits.train->size(), 2);
    EXPECT_EQ(splits.train->label(1), 39);
    EXPECT_EQ(splits.train->points(0).xyz[0], -0.5f);
    EXPECT_EQ(splits.train->points(0).xyz[3], 1.0f);  // the second of rows of six
    fs::remove(folder_ / "modelnet40_train_8192pts_fps.dat");
  }
  copy_seed("fewshot4.pkl", "modelnet40_train_8192pts_fps.dat");
  refuses("expected a list of clouds and a list of as many labels");
}

TEST_F(PointDatasetTest, FewShotFoldsInBothNamings) {
  copy_seed("fewshot4.pkl", "a/5way10shot/0.pkl");
  copy_seed("fewshot2.pkl", "b/5way_10shot/0.pkl");
  for (const char* folder : {"a", "b"}) {
    const PointSplits splits = open({.val_fraction = 0, .variant = "5way10shot/0"}, folder);
    EXPECT_EQ(splits.format, "fewshot");
    EXPECT_EQ(splits.train->points(0).xyz[0], -0.5f);
    EXPECT_GE(splits.test->size(), 1);
    refuses("expected 5way20shot/0.pkl in it", {.variant = "5way20shot/0"}, folder);
    refuses("expected the setting and fold to take", {}, folder);
    refuses("expected the setting and fold to take", {.variant = "5way10shot/x"}, folder);
  }
  EXPECT_EQ(open({.val_fraction = 0}, "a/5way10shot/0.pkl").format, "fewshot");
  copy_seed("cache4.dat", "c.pkl");
  refuses("[\"train\"]: expected a list of clouds, got none", {}, "c.pkl");
}

TEST_F(PointDatasetTest, TellsWhatItCannotOpen) {
  refuses("no such file or folder", {}, "nothing");
  refuses("expected a subfolder of shapes for each class");
  write("x.tar");
  refuses("expected a folder, or a file named *.npz, *.csv or *.pkl", {}, "x.tar");
  refuses("expected a file for data of format npz, got a folder", {.format = "npz"});
  refuses("expected a folder for data of format modelnet, got a file", {.format = "modelnet"}, "x.tar");
  expect_part(error_text([&] { open({.format = "shape"}); }), "did you mean `shapes`?");
  mesh("a/1.obj");
  mesh("b/1.obj");
  refuses("expected 1 to 16777216 sampled points, got 0", {.sample_points = 0});
}

}  // namespace
}  // namespace ax
