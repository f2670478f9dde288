#include "adapterx/io/file_bytes.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <vector>

#include "adapterx/base/error_text_test.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

TEST(FileBytes, MapsReadsAndGivesBackPages) {
  const fs::path path = fs::temp_directory_path() / fmt::format("ax_file_bytes_{}", ::getpid());
  const auto page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  std::ofstream(path, std::ios::binary) << std::string(8 * page, 'x');
  const FileBytes file = FileBytes::map(path);
  fs::remove(path);  // the mapping holds on to the data
  EXPECT_EQ(file.size(), 8 * page);
  const auto is_x = [](std::byte b) { return b == std::byte{'x'}; };
  EXPECT_TRUE(std::ranges::all_of(file.bytes(), is_x));
  file.release(file.bytes());
  EXPECT_TRUE(std::ranges::all_of(file.bytes(), is_x));  // read again
  file.release(file.bytes().subspan(1, 10));             // no whole page
  const std::vector<std::byte> other(3 * page, std::byte{'y'});
  file.release(other);  // not its memory: stays
  EXPECT_EQ(other[page], std::byte{'y'});
}

TEST(FileBytes, EmptyFileHasNoBytes) {
  const fs::path path = fs::temp_directory_path() / fmt::format("ax_file_bytes_{}", ::getpid());
  std::ofstream{path};
  EXPECT_EQ(FileBytes::map(path).size(), 0u);
  fs::remove(path);
}

TEST(FileBytes, NamesWhatIsNoFile) {
  const auto error = [](const fs::path& path) -> std::string {
    return error_text([&] { FileBytes::map(path); });
  };
  EXPECT_EQ(error("/nonexistent/x"), "/nonexistent/x: cannot open: No such file or directory");
  EXPECT_EQ(error("/"), "/: expected a file, got a folder");
  EXPECT_EQ(error("/dev/null"), "/dev/null: expected a file, got something else");
}

}  // namespace
}  // namespace ax
