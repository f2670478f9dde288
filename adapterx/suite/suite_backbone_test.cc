#include "adapterx/suite/suite_backbone.h"

#include "adapterx/suite/suite_files_test.h"
#include "adapterx/suite/suite_plan.h"

namespace ax {
namespace {

class SuiteBackbone : public testing::SuiteFiles {
 protected:
  SuiteBackbone() {
    for (const char* file : {"dinov2_small", "point_small"}) {
      std::filesystem::create_directories(folder_ / "bin/weights");
      std::ofstream(folder_ / "bin/weights" / (std::string(file) + ".safetensors")) << "x";
    }
  }

  // kSuite without weights, with `other` in place of `part`.
  SuiteConfig suite(const std::string& part = "", const std::string& other = "") const {
    std::string text = testing::kSuite;
    text.erase(text.find("weights"), text.find("seeds") - text.find("weights"));
    if (!part.empty()) text.replace(text.find(part), part.size(), other);
    return read_suite(write(text));
  }
  std::filesystem::path program() const { return folder_ / "bin/program"; }
  std::string bundled(const std::string& name) const {
    return (folder_ / "bin/weights" / (name + ".safetensors")).string();
  }
};

TEST_F(SuiteBackbone, IsTheBundledOneAtItsSize) {
  SuiteConfig config = suite();
  ASSERT_TRUE(choose_bundled(config, program()).has_value());
  for (const SuiteRun& run : plan_runs(config, resolve(config, {}), folder_)) {
    if (run.of_pixels()) continue;
    EXPECT_EQ(run.config.model.weights, bundled("dinov2_small"));
    EXPECT_EQ(run.config.model.image_size, 112);
  }
}

TEST_F(SuiteBackbone, SizesOfTheFileWin) {
  SuiteConfig common = suite("epochs = 10", "epochs = 10\nimage_size = 56");
  SuiteConfig task = suite("lr = 0.5", "lr = 0.5\nimage_size = 28");
  expect_part(choose_bundled(common, program()).value().text, "at 56 px");
  choose_bundled(task, program());
  const auto size_of = [&](const SuiteConfig& config, const std::string& name) {
    return plan_runs(config, resolve(config, {{name}, {"full"}, {}}), folder_)[0].config.model.image_size;
  };
  EXPECT_EQ(size_of(common, "zebra"), 56);
  EXPECT_EQ(size_of(task, "zebra"), 28);
  EXPECT_EQ(size_of(task, "ant"), 112);
}

TEST_F(SuiteBackbone, CloudsHaveAnother) {
  std::filesystem::create_directories(folder_ / "shapes/chair");
  std::ofstream(folder_ / "shapes/chair/1.obj") << "x";
  SuiteConfig config = suite("\"legs\"", "\"" + (folder_ / "shapes").string() + "\"");
  EXPECT_FALSE(choose_bundled(config, program()).value().resized);
  EXPECT_EQ(config.weights, bundled("point_small"));
}

TEST_F(SuiteBackbone, ANamedOneStays) {
  SuiteConfig named = read_suite(write(testing::kSuite));
  EXPECT_EQ(choose_bundled(named, program()), std::nullopt);
  EXPECT_EQ(named.weights, "w.safetensors");
  SuiteConfig model = suite("epochs = 10", "epochs = 10\nmodel.name = \"vit_tiny_patch16_224\"");
  expect_error([&] { choose_bundled(model, program()); }, "expected the checkpoint of the model");
}

}  // namespace
}  // namespace ax
