#include "adapterx/suite/folder_lock.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <optional>
#include <thread>

#include "adapterx/base/error_text_test.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

class FolderLockTest : public ::testing::Test {
 protected:
  FolderLockTest() : folder_(fs::temp_directory_path() / ("ax_lock_" + std::to_string(::getpid()))) {}
  ~FolderLockTest() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST_F(FolderLockTest, MakesTheFolder) {
  const FolderLock lock(folder_ / "a" / "b");
  EXPECT_TRUE(fs::exists(folder_ / "a" / "b"));
}

TEST_F(FolderLockTest, WaitsForAnothersAndTakesItThen) {
  std::optional<FolderLock> first(folder_);
  bool freed = false;
  std::thread other([&] {
    ::usleep(250'000);
    freed = true;
    first.reset();
  });
  const FolderLock second(folder_);
  EXPECT_TRUE(freed);
  other.join();
}

TEST_F(FolderLockTest, SaysThatItCannotBeMade) {
  expect_part(error_text([] { const FolderLock lock("/proc"); }), "/proc/.lock: cannot create");
}

}  // namespace
}  // namespace ax
