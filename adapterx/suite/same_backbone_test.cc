#include "adapterx/suite/same_backbone.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "adapterx/base/error_text_test.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

TEST(SameBackbone, AFolderIsOfTheFirst) {
  const fs::path folder = fs::temp_directory_path() / ("ax_same_backbone_" + std::to_string(::getpid()));
  fs::create_directories(folder);
  EXPECT_NO_THROW(expect_same_backbone(folder, "12ab"));
  EXPECT_NO_THROW(expect_same_backbone(folder, "12ab"));
  expect_part(error_text([&] { expect_same_backbone(folder, "12ac"); }), "has runs on another backbone");
  EXPECT_NO_THROW(expect_same_backbone(folder, "12ab"));  // the other left no trace
  for (const char* damaged : {"", "[1]", "{\"hash\"", "{\"hash\": \"\"}"}) {
    std::ofstream(folder / "backbone.json") << damaged;
    EXPECT_THROW(expect_same_backbone(folder, "12ab"), Error) << damaged;
  }
  fs::remove_all(folder);
}

}  // namespace
}  // namespace ax
