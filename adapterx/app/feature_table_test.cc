#include "adapterx/app/feature_table.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "adapterx/io/tensors/npy.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

class FeatureTableTest : public ::testing::Test {
 protected:
  FeatureTableTest()
      : file_(fs::temp_directory_path() / ("ax_features_" + std::to_string(::getpid()) + ".npz")) {}
  ~FeatureTableTest() override { fs::remove(file_); }

  TensorFile written(const FeatureTable& table) const {
    table.write(file_, "scores");
    return open_tensor_file(file_.string());
  }

  static std::vector<float> values(const TensorInfo& t) {
    std::vector<float> out(static_cast<size_t>(t.shape.size()));
    copy_f32("test", t, out);
    return out;
  }

  fs::path file_;
};

TEST_F(FeatureTableTest, ARowAFile) {
  FeatureTable table;
  table.add("a.png", std::vector<float>{1, 2, 3}, std::vector<float>{0.5, -0.5});
  table.add("folder/b.png", std::vector<float>{4, 5, 6}, std::vector<float>{7, 8});
  const TensorFile file = written(table);
  EXPECT_EQ(file.tensors().size(), 3U);
  EXPECT_EQ(file.tensors().at("features").shape, (Shape{2, 3}));
  EXPECT_EQ(values(file.tensors().at("features")), (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(values(file.tensors().at("scores")), (std::vector<float>{0.5, -0.5, 7, 8}));
  const TensorInfo& names = file.tensors().at("files");
  EXPECT_EQ(names.shape, (Shape{2, 12}));  // the longest name
  const std::string text(reinterpret_cast<const char*>(names.data.data()), names.data.size());
  EXPECT_EQ(text, std::string("a.png") + std::string(7, '\0') + "folder/b.png");
}

TEST_F(FeatureTableTest, WithoutLogitsThereIsNoArrayOfThem) {
  FeatureTable table;
  table.add("a", std::vector<float>{1}, {});
  const TensorFile file = written(table);
  EXPECT_FALSE(file.tensors().contains("scores"));
  EXPECT_EQ(file.tensors().at("features").shape, (Shape{1, 1}));
}

TEST_F(FeatureTableTest, OfNoFiles) {
  const TensorFile file = written(FeatureTable());
  EXPECT_EQ(file.tensors().at("features").shape, (Shape{0, 0}));
}

}  // namespace
}  // namespace ax
