#include "adapterx/io/images/image_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace ax {
namespace {

namespace fs = std::filesystem;

// A folder that links to itself twice: following the links again and again would take 2^40 visits.
TEST(ImageFiles, LinksAreFollowedOnceAndSorted) {
  const fs::path folder = fs::temp_directory_path() / ("ax_image_files_" + std::to_string(::getpid()));
  fs::create_directories(folder / "b" / "deep");
  fs::create_directories(folder / "elsewhere");
  for (const char* name : {"b/deep/2.jpg", "b/1.PNG", "a.webp", "notes.txt", "elsewhere/3.bmp"}) {
    std::ofstream(folder / name) << "x";
  }
  fs::create_directory_symlink(folder, folder / "b" / "loop");
  fs::create_directory_symlink(folder / "b", folder / "b" / "loop2");
  fs::create_directory_symlink(folder / "elsewhere", folder / "b" / "linked");
  fs::create_symlink(folder / "nothing.jpg", folder / "dangling.jpg");
  std::vector<std::string> names;
  for (const fs::path& file : image_files_below(folder))
    names.push_back(file.lexically_relative(folder).string());
  EXPECT_EQ(names, (std::vector<std::string>{"a.webp", "b/1.PNG", "b/deep/2.jpg", "b/linked/3.bmp",
                                             "elsewhere/3.bmp"}));
  fs::remove_all(folder);
  EXPECT_THROW(image_files_below(folder), fs::filesystem_error);
}

}  // namespace
}  // namespace ax
