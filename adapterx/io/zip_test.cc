#include "adapterx/io/zip.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>

#include "adapterx/base/error.h"
#include "adapterx/io/reader_test.h"
#include "adapterx/io/zip_records.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

const fs::path kCorpus =
    fs::path(AX_TESTS) / ".." / "fuzz" / "corpus" / "zip";  // written by Python's zipfile
constexpr uint64_t kNoLimit = ~uint64_t{0};

class ZipTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    path_ = fs::temp_directory_path() / fmt::format("ax_zip_{}_{}.zip", ::getpid(), test->name());
  }
  void TearDown() override { fs::remove(path_); }

  fs::path path_;
};

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::map<std::string, std::string> contents(const FileBytes& file) {
  std::map<std::string, std::string> found;
  for (const ZipEntry& entry : read_zip_directory(file)) {
    const Buffer buffer = unpack("test", entry, kNoLimit);
    found[entry.name] = std::string(buffer.as<char>(), buffer.size());
  }
  return found;
}

// The text of the error that reading and unpacking gives, or "no error".
std::string error_of(std::string_view bytes) {
  return error_text([&] { contents(FileBytes::borrow("x.zip", bytes_of(bytes))); });
}

void expect_error(std::string_view bytes, std::string_view part) {
  const std::string text = error_of(bytes);
  expect_part(text, part);
}

template <class T>
std::string patched(std::string bytes, size_t at, T value) {
  EXPECT_LE(at + sizeof value, bytes.size());
  std::memcpy(bytes.data() + at, &value, sizeof value);
  return bytes;
}

size_t central_at(const std::string& bytes) { return bytes.find("PK\1\2"); }
size_t end_at(const std::string& bytes) { return bytes.rfind("PK\5\6"); }

TEST_F(ZipTest, EveryArchiveOfPythonHoldsTheSame) {
  std::string all_bytes;
  for (int i = 0; i < 256; ++i) all_bytes.push_back(static_cast<char>(i));
  std::string hello;
  for (int i = 0; i < 20; ++i) hello += "hello ";
  const std::map<std::string, std::string> want = {
      {"folder/a.txt", hello}, {"b", all_bytes}, {"empty", ""}, {"\xc3\xa4", "umlaut"}};
  for (const char* name : {"stored.zip", "deflated.zip", "zip64.zip", "zip64_throughout.zip", "pipe.zip",
                           "pipe64.zip", "comment.zip"}) {
    EXPECT_EQ(contents(FileBytes::map(kCorpus / name)), want) << name;
  }
  EXPECT_EQ(contents(FileBytes::map(kCorpus / "zeros.zip")).at("zeros"), std::string(200'000, '\0'));
  EXPECT_TRUE(read_zip_directory(FileBytes::map(kCorpus / "empty.zip")).empty());
}

TEST_F(ZipTest, WhatIsNotSupportedIsNamed) {
  const auto file = [](const char* name) { return read_file(kCorpus / name); };
  expect_error(file("refuse_bzip2.zip"),
               "x.zip: folder/: expected an entry stored or deflated, got method 12");
  expect_error(file("refuse_encrypted.zip"), "without encryption");
  expect_error(file("refuse_prefix.zip"), "expected signature 02014b50");
  expect_error(file("refuse_overlap.zip"), "overlap");
  expect_error(file("refuse_more_than_deflate_can.zip"),
               "a: expected a size that 11 deflated bytes can hold, got 60000");
  expect_error(file("lying_small.zip"), "test: a: expected 999 bytes unpacked, got more");
  expect_error(file("lying_large.zip"), "expected 1001 bytes unpacked from 11, got 1000");
  expect_error("", "got none of its end record");
  expect_error("PK\3\4 and more", "got none of its end record");
}

TEST_F(ZipTest, EveryTruncationIsAnError) {
  for (const char* name : {"stored.zip", "pipe64.zip", "comment.zip"}) {
    const std::string whole = read_file(kCorpus / name);
    for (size_t size = 0; size < whole.size(); ++size) {
      EXPECT_NE(error_of(std::string_view(whole).substr(0, size)), "no error") << name << " cut to " << size;
    }
  }
}

TEST_F(ZipTest, LyingDirectories) {
  const std::string whole = read_file(kCorpus / "stored.zip");
  const size_t central = central_at(whole), end = end_at(whole);
  ASSERT_EQ(error_of(whole), "no error");
  expect_error(patched(whole, end + 4, uint16_t{1}), "expected an archive of one disk");
  expect_error(patched(whole, end + 8, uint16_t{1}), "expected an archive of one disk");
  expect_error(patched(patched(whole, end + 8, uint16_t{9}), end + 10, uint16_t{9}),
               "central directory: expected 46");
  expect_error(patched(patched(whole, end + 8, uint16_t{2}), end + 10, uint16_t{2}),
               "expected 2 entries, got");
  expect_error(patched(whole, end + 12, uint32_t{0x7fffffff}),
               "central directory: expected 2147483647 bytes");
  expect_error(patched(whole, end + 16, uint32_t{0xfffffff0}), "central directory: expected");
  expect_error(patched(whole, end + 16, uint32_t{0xffffffff}),
               "central directory: expected");  // no zip64 there
  expect_error(patched(whole, central + 28, uint16_t{0xffff}), "central directory: expected 65535");
  expect_error(patched(whole, central + 42, uint32_t{0x7fffffff}),
               "folder/: local header: expected 30 bytes");
  expect_error(patched(whole, central + 42, uint32_t{1}), "local header: expected signature");
}

TEST_F(ZipTest, EntriesAndDirectoryMustAgree) {
  const std::string whole = read_file(kCorpus / "deflated.zip");
  const size_t central = whole.find("PK\1\2", central_at(whole) + 4);  // of folder/a.txt, after folder/
  const size_t local = whole.find("PK\3\4", 4);
  expect_error(patched(whole, local + 30, 'F'), "folder/a.txt: expected a local header as");
  expect_error(patched(whole, local + 26, uint16_t{3}), "got another name");
  expect_error(patched(whole, local + 8, uint16_t{0}), "got another method");
  expect_error(patched(whole, local + 18, uint32_t{1}), "got another size");
  expect_error(patched(whole, local + 28, uint16_t{0xffff}), "folder/a.txt: data: expected");
  expect_error(patched(whole, central + 16, uint32_t{0}), "folder/a.txt: expected CRC 00000000, got");
  expect_error(patched(whole, central + 20, uint32_t{0x7fffffff}), "got another size");
}

// Two entries of one name, each sound by itself.
TEST_F(ZipTest, NamesAreUnique) {
  ZipWriter out(path_);
  out.add("a", {}, bytes_of("1"));
  out.add("a", {}, bytes_of("2"));
  out.commit();
  expect_error(read_file(path_), "x.zip: a: expected unique names, got the name twice");
}

TEST_F(ZipTest, DamagedDataAreNamed) {
  std::string stored = read_file(kCorpus / "stored.zip"), deflated = read_file(kCorpus / "deflated.zip");
  stored[stored.find("hello")] = 'H';
  expect_error(stored, "test: folder/a.txt: expected CRC");
  const size_t data = deflated.find("PK\3\4", 4) + zip::kLocalSize + std::string_view("folder/a.txt").size();
  expect_error(patched(deflated, data, uint16_t{0xffff}),
               "expected deflated data, got an error after 0 bytes");
}

TEST_F(ZipTest, NothingFollowsADeflateStream) {
  const std::string empty_and_more("\3\0x", 3);
  EXPECT_EQ(unpack("test", {"a", true, 0, 0, bytes_of(empty_and_more).first(2)}, 0).size(), 0u);
  EXPECT_THROW(unpack("test", {"a", true, 0, 0, bytes_of(empty_and_more)}, 0), Error);
  EXPECT_THROW(unpack("test", {"a", true, 0, 0, {}}, 0), Error);
}

TEST_F(ZipTest, ALimitIsCheckedBeforeUnpacking) {
  const FileBytes file = FileBytes::map(kCorpus / "zeros.zip");
  for (const ZipEntry& entry : read_zip_directory(file)) {
    EXPECT_EQ(unpack("test", entry, 200'000).size(), 200'000u);
    EXPECT_THROW(unpack("test", entry, 199'999), Error);
  }
  ZipEntry lying{"x", true, 0, uint64_t{1} << 62,
                 bytes_of("\3")};  // an empty stream: nothing large is allocated
  EXPECT_THROW(unpack("test", lying, kNoLimit), Error);
  lying.deflated = false;
  EXPECT_THROW(unpack("test", lying, kNoLimit), Error);
}

TEST_F(ZipTest, WriterRoundTripWithAlignedData) {
  std::map<std::string, std::string> want;
  ZipWriter out(path_);
  for (size_t n = 0; n < 200; n += 7) {
    const std::string name = fmt::format("{}/{}", std::string(n, 'n'), n), head(n % 3 * 64, 'h'),
                      data(n, 'd');
    out.add(name, bytes_of(head), bytes_of(data));
    want[name] = head + data;
  }
  out.commit();
  const FileBytes file = FileBytes::map(path_);
  EXPECT_EQ(contents(file), want);
  for (const ZipEntry& entry : read_zip_directory(file)) {
    EXPECT_FALSE(entry.deflated);
    EXPECT_EQ((entry.data.data() - file.bytes().data()) % 64, 0) << entry.name;
  }
  EXPECT_THROW(ZipWriter(path_).add(std::string(65536, 'n'), {}, {}), Error);
}

TEST_F(ZipTest, MoreEntriesThan16BitsCount) {
  constexpr size_t kCount = 65535;
  ZipWriter out(path_);
  for (size_t i = 0; i < kCount; ++i) out.add(std::to_string(i), {}, {});
  out.commit();
  const FileBytes file = FileBytes::map(path_);
  EXPECT_EQ(read_zip_directory(file).size(), kCount);
  EXPECT_NE(read_file(path_).find("PK\6\6"), std::string::npos);
}

// Entries and offsets beyond 4 GB, in a file of holes.
TEST_F(ZipTest, Zip64OfLargeEntries) {
  constexpr uint64_t kLarge = uint64_t{5} << 30;
  const zip::StoredEntry first{"large", 1, kLarge, 0};
  const std::string first_local = zip::local_record(first);
  const zip::StoredEntry second{"small", 2, 3, first_local.size() + kLarge};
  const zip::StoredEntry third{"edge", 3, 0xffffffff, second.offset + zip::local_record(second).size() + 3};
  const std::string directory =
      zip::central_record(first) + zip::central_record(second) + zip::central_record(third);
  const uint64_t at = third.offset + zip::local_record(third).size() + third.size;
  {
    std::ofstream out(path_, std::ios::binary);
    for (const auto& entry : {first, second, third}) {
      out.seekp(static_cast<std::streamoff>(entry.offset));
      out << zip::local_record(entry);
    }
    out.seekp(static_cast<std::streamoff>(at));
    out << directory << zip::end_records(3, at, directory.size());
    ASSERT_TRUE(out.good());
  }
  const FileBytes file = FileBytes::map(path_);
  const std::vector<ZipEntry> entries = read_zip_directory(file);
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].size, kLarge);
  EXPECT_EQ(entries[1].data.data() - file.bytes().data(),
            static_cast<ptrdiff_t>(second.offset + zip::local_record(second).size()));
  EXPECT_EQ(entries[2].size, 0xffffffffu);
  for (const ZipEntry& entry : entries)
    EXPECT_EQ((entry.data.data() - file.bytes().data()) % 64, 0) << entry.name;
}

TEST_F(ZipTest, LyingZip64Records) {
  const uint64_t kHuge = uint64_t{1} << 63;
  const auto archive = [](uint64_t entries, uint64_t offset, uint64_t size) {
    return "junk" + zip::end_records(std::max<uint64_t>(entries, 0xffff), offset, size);
  };
  for (const uint64_t value : {kHuge, ~uint64_t{0}, kHuge - 1, uint64_t{0xffffffff}}) {
    expect_error(archive(value, 0, 0), "x.zip: ");
    expect_error(archive(0, value, 4), "x.zip: ");
    expect_error(archive(0, 0, value), "x.zip: ");
    expect_error(archive(value, value, value), "x.zip: ");
  }
  const std::string sound = zip::end_records(0xffff, 0, 0);
  const size_t locator = zip::kEnd64Size;
  expect_error(patched(sound, locator + 8, ~uint64_t{0}), "zip64 end record: expected 56 bytes at");
  expect_error(patched(sound, locator + 8, uint64_t{1}), "zip64 end record: expected 56 bytes at 1");
  expect_error("1" + sound, "zip64 end record: expected signature 06064b50");
  // A directory entry whose sizes are said to be in an extra field that is too short for them.
  const zip::StoredEntry large{"large", 1, kHuge, kHuge};
  const std::string record = zip::central_record(large);
  expect_error(record + zip::end_records(1, 0, record.size()), "large: local header: expected 30 bytes at");
  const std::string shorter =
      patched(patched(record.substr(0, record.size() - 8), 30, uint16_t{20}), 53, uint16_t{16});
  expect_error(shorter + zip::end_records(1, 0, shorter.size()),
               "large: zip64 extra field: expected 8 bytes");
}

}  // namespace
}  // namespace ax
