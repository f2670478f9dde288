// Every call of the system that an AtomicFile makes fails once: the error is clear, the old file stays, and
// nothing is left beside it.
#include "adapterx/io/atomic_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "adapterx/base/error_text_test.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

class AtomicFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("ax_atomic_" + std::to_string(::getpid()));
    fs::create_directory(folder_);
  }
  void TearDown() override {
    internal::fail_file_calls(-1);
    fs::remove_all(folder_);
  }

  void save(const std::string& text) const {
    AtomicFile file(path());
    file.write(text.data(), text.size() / 2);
    file.write(text.data() + text.size() / 2, text.size() - text.size() / 2);
    file.commit();
  }
  fs::path path() const { return folder_ / "f"; }
  std::string content() const {
    std::ifstream in(path());
    return {std::istreambuf_iterator<char>(in), {}};
  }
  int64_t files() const { return std::distance(fs::directory_iterator(folder_), {}); }

  fs::path folder_;
};

TEST_F(AtomicFileTest, ADeviceIsNotReplaced) {
  expect_part(error_text([] { AtomicFile("/dev/null"); }),
              "/dev/null: expected a file to write, got a device, pipe or socket");
}

TEST_F(AtomicFileTest, WhatIsReadIsNotWritten) {
  save("old");
  fs::create_symlink(path(), folder_ / "link");
  const fs::path out[] = {path(), folder_ / "." / "f", folder_ / "link"};
  for (const fs::path& o : out) {
    expect_part(error_text([&] { expect_other_file(o, path()); }), "is what is read");
  }
  EXPECT_NO_THROW(expect_other_file(folder_ / "new", path()));
  EXPECT_NO_THROW(expect_other_file(path(), ""));
}

TEST_F(AtomicFileTest, EveryFailingCallKeepsTheOldFile) {
  internal::fail_file_calls(-1);
  save("old");
  const int64_t calls = internal::fail_file_calls(-1);
  EXPECT_EQ(calls, 6);  // open, write, write, fsync, close, rename
  for (int64_t i = 0; i < calls; ++i) {
    internal::fail_file_calls(i, ENOSPC);
    const std::string text = error_text([&] { save("new"); });
    EXPECT_TRUE(text.starts_with(path().string() + ": cannot ")) << i << ": " << text;
    EXPECT_TRUE(text.ends_with("No space left on device")) << i << ": " << text;
    EXPECT_EQ(content(), "old") << i;
    EXPECT_EQ(files(), 1) << i;
  }
  internal::fail_file_calls(-1);
  save("new");
  EXPECT_EQ(content(), "new");
}

}  // namespace
}  // namespace ax
