#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>

#include "adapterx/io/reader_test.h"
#include "adapterx/io/shapes/lzf.h"
#include "adapterx/io/shapes/pcd.h"
#include "adapterx/io/shapes/shape_file.h"
#include "adapterx/io/shapes/xyz.h"

namespace ax {
namespace {

using Floats = std::vector<float>;
using Read = PointCloud (*)(const FileBytes&);

Floats read(Read reader, const std::string& bytes) {
  return reader(FileBytes::borrow("x.file", bytes_of(bytes))).xyz;
}

void refuses(Read reader, const std::string& bytes, const std::string& part) {
  expect_part(error_text([&] { read(reader, bytes); }), part);
}

template <class T>
std::string raw(T value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

TEST(Xyz, ReadsItsVariants) {
  for (const std::string text :
       {"1 2 3\n4 5.5 -6\n", "1,2,3,0.1,0.2,0.3\r\n4,5.5,-6,0,0,1", "2\n1 2 3\n4 5.5 -6\n",
        "1; 2; 3\n 4 ;5.5; -6 \n", "# x y z\n//X Y Z\n1\t2\t3 a\n\n4 \t 5.5\t-6.0e0 b\n",
        "1, 2, 3,\n4, 5.5, -6,\n"}) {
    EXPECT_EQ(read(read_xyz, text), (Floats{1, 2, 3, 4, 5.5, -6})) << text;
  }
}

TEST(Xyz, RefusesDamage) {
  refuses(read_xyz, "", "x.file: expected lines of x, y and z, got none");
  refuses(read_xyz, "# nothing\n", "got none");
  refuses(read_xyz, "1 2\n", "x.file:1: expected 3 columns, got 2");
  refuses(read_xyz, "1 2 3\n\n1 2\n", "x.file:3: expected 3 columns, got 2");
  refuses(read_xyz, "1 2 3\n1 2 3 4\n", "x.file:2: expected 3 columns, got 4");
  refuses(read_xyz, "1 2 3\n4\n", "x.file:2: expected 3 columns, got 1");
  refuses(read_xyz, "3\n1 2 3\n", "x.file: expected 3 points, as its first line says, got 1");
  refuses(read_xyz, "1 2 3\n1 2 nan\n", "x.file:2: expected a finite coordinate, got `nan`");
  refuses(read_xyz, "1 2 3\n1,,3\n", "x.file:2: expected a finite coordinate, got ``");
  refuses(read_xyz, "x y z\n", "x.file:1: expected a finite coordinate, got `x`");
  refuses(read_xyz, std::string("1 2 3\n1 \0", 9), "x.file:2: expected text, got a byte 0");
}

std::string pcd(const std::string& data, const std::string& body, int points = 3) {
  const std::string n = std::to_string(points);
  return "# .PCD v0.7 - Point Cloud Data file format\nVERSION 0.7\nFIELDS rgb x y z normal\nSIZE 4 4 8 2 4\n"
         "TYPE U F F I F\nCOUNT 1 1 1 1 3\nWIDTH " +
         n + "\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS " + n + "\nDATA " + data + "\n" + body;
}

const Floats kPoints = {1, 2, 3, 4, 5.5, -6, 7, 8, 9};

std::string binary_body() {
  std::string body;
  for (size_t i = 0; i < 3; ++i) {
    body += raw(uint32_t{~0U}) + raw(kPoints[i * 3]) + raw(double{kPoints[i * 3 + 1]}) +
            raw(static_cast<int16_t>(kPoints[i * 3 + 2])) + std::string(12, '\x7f');
  }
  return body;
}

// Field after field, as LZF of literals, and of the twelve equal bytes of rgb a reference.
std::string compressed_body() {
  std::string fields, lzf = "\x01\xff\xff";
  for (size_t i = 0; i < 3; ++i) fields += raw(kPoints[i * 3]);
  for (size_t i = 0; i < 3; ++i) fields += raw(double{kPoints[i * 3 + 1]});
  for (size_t i = 0; i < 3; ++i) fields += raw(static_cast<int16_t>(kPoints[i * 3 + 2]));
  fields += std::string(36, '\x7f');
  lzf += raw(uint8_t{7 << 5}) + raw(uint8_t{10 - 9}) + raw(uint8_t{0});
  for (size_t at = 0; at < fields.size(); at += 32) {
    const std::string part = fields.substr(at, 32);
    lzf += static_cast<char>(part.size() - 1) + part;
  }
  return raw(static_cast<uint32_t>(lzf.size())) + raw(uint32_t{3 * 30}) + lzf;
}

TEST(Pcd, ReadsEveryEncoding) {
  EXPECT_EQ(read(read_pcd, pcd("ascii", "0 1 2 3 0 0 1\n0 4 5.5 -6 0 0 1\n0 7 8 9 nan nan nan\n")), kPoints);
  EXPECT_EQ(read(read_pcd, pcd("binary", binary_body())), kPoints);
  EXPECT_EQ(read(read_pcd, pcd("binary_compressed", compressed_body())), kPoints);
}

TEST(Pcd, LeavesOutPointsMarkedAsMissing) {
  EXPECT_EQ(read(read_pcd, pcd("ascii", "0 nan nan nan 0 0 1\n0 4 5.5 -6 0 0 1\n", 2)), (Floats{4, 5.5, -6}));
  refuses(read_pcd, pcd("ascii", "0 nan nan nan 0 0 1\n", 1),
          "expected points, got 1 that are marked as missing");
  refuses(read_pcd, pcd("ascii", "0 nan 1 nan 0 0 1\n", 1), "x.file:12: expected finite coordinates");
}

TEST(Pcd, RefusesDamage) {
  refuses(read_pcd, "", "x.file: expected a PCD header up to its line DATA, the file ends in line 0");
  refuses(read_pcd, "hello", "x.file:1: expected a keyword of PCD's header, got `hello`");
  refuses(read_pcd, pcd("text", ""), "x.file:11: expected ascii, binary or binary_compressed, got `text`");
  refuses(read_pcd, "FIELDS x y\nSIZE 4\nDATA ascii\n",
          "expected as many TYPE, SIZE and COUNT as FIELDS (2), got 0, 1 and 2");
  refuses(read_pcd, "FIELDS x y\nSIZE 4 4\nTYPE F F\nPOINTS 1\nDATA ascii\n",
          "expected a field z of one number, got none");
  refuses(read_pcd, "FIELDS x y z\nSIZE 4 4 3\nTYPE F F F\nPOINTS 1\nDATA ascii\n",
          "expected F4, F8, I1 to I8 or U1 to U8, got F3");
  refuses(read_pcd, "FIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nPOINTS 2\nWIDTH 1\nDATA ascii\n",
          "got 1 and 2 points");
  refuses(read_pcd, pcd("ascii", "0.0000 1 2 3 0 0\n", 1),
          "x.file:12: expected a number, got the line's end");
  refuses(read_pcd, pcd("ascii", "0 1 2 3 0 0 0 0\n", 1), "x.file:12: expected the line's end, got `0`");
  refuses(read_pcd, pcd("ascii", "0 1 2 3 0 0 0\n", 2000000000), "expected 2000000000 points of 7 numbers");
  refuses(read_pcd, pcd("binary", binary_body(), 4), "expected 4 points of 30 bytes, got 90 bytes");
  refuses(read_pcd, pcd("binary_compressed", compressed_body(), 4), "got 95 bytes said to become 90");
  std::string body = compressed_body();
  body[8 + 4] = '\x7f';
  refuses(read_pcd, pcd("binary_compressed", body), "the compressed data are damaged");
  for (size_t size = 0; size + 1 < body.size(); ++size) {
    EXPECT_NE(
        error_text([&] { read(read_pcd, pcd("binary_compressed", compressed_body().substr(0, size))); }),
        "no error");
  }
}

TEST(Clouds, ReadsWhatOtherLibrariesWrite) {
  const std::filesystem::path corpus = std::filesystem::path(AX_TESTS) / ".." / "fuzz" / "corpus" / "cloud";
  const Floats want = {0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0.5, 0.5, 0.5, -1.25};
  for (const char* name : {"ascii.pcd", "binary.pcd", "compressed.pcd", "modelnet.txt", "spaces.xyz",
                           "count.pts", "floats.npy", "half_fortran.npy"}) {
    EXPECT_EQ(std::get<PointCloud>(read_shape_file(corpus / name)).xyz, want) << name;
  }
  Floats without = want;
  without.erase(without.begin() + 6, without.begin() + 9);
  EXPECT_EQ(std::get<PointCloud>(read_shape_file(corpus / "missing.pcd")).xyz, without);
  expect_part(error_text([&] { read_shape_file(corpus / "refuse_labels.npy"); }),
              "refuse_labels.npy: expected floats of shape [points, 3 or more], got I64 [5]");
}

TEST(Lzf, RefusesWhatLeadsOutOfTheData) {
  std::vector<std::byte> out(4);
  const auto unpacks = [&](const std::string& in) { return unpack_lzf(bytes_of(in), out); };
  EXPECT_TRUE(
      unpacks("\x03"
              "abcd"));
  EXPECT_FALSE(
      unpacks("\x04"
              "abcde"));
  EXPECT_FALSE(
      unpacks("\x03"
              "abc"));
  EXPECT_FALSE(
      unpacks("\x02"
              "abc"));
  EXPECT_TRUE(unpacks(std::string("\0a\x20\0", 4)));
  EXPECT_EQ(out, std::vector<std::byte>(4, std::byte{'a'}));
  EXPECT_FALSE(unpacks(std::string("\0a\x20\1", 4)));
  EXPECT_FALSE(unpacks(std::string("\0a\x40\0", 4)));
  EXPECT_FALSE(unpacks(std::string("\0a\x20", 3)));
  EXPECT_FALSE(unpacks(std::string("\0a\xe0", 3)));
}

}  // namespace
}  // namespace ax
