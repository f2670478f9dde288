#include "adapterx/io/images/idx.h"

#include <zlib.h>

#include <filesystem>
#include <numeric>

#include "adapterx/io/gzip.h"
#include "adapterx/io/reader_test.h"

namespace ax {
namespace {

std::string idx(const std::vector<uint32_t>& shape, const std::string& values, char type = 8) {
  std::string bytes{0, 0, type, static_cast<char>(shape.size())};
  for (const uint32_t n : shape) {
    for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(n >> shift);
  }
  return bytes + values;
}

std::string gzipped(std::string text) {
  z_stream z{};
  EXPECT_EQ(deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&z, text.size()) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef*>(text.data());
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

IdxArray read(const std::string& bytes) { return read_idx(FileBytes::borrow("x.idx", bytes_of(bytes))); }

void expect_refused(const std::string& bytes, const std::string& part) {
  const std::string text = error_text([&] { read(bytes); });
  expect_part(text, part);
  expect_part(text, "x.idx");
}

TEST(Idx, ReadsPlainAndGzipped) {
  std::string values(2 * 3 * 4, '\0');
  std::iota(values.begin(), values.end(), '\x70');
  const std::string plain = idx({2, 3, 4}, values);
  // gzip allows members one after the other.
  for (const std::string& bytes :
       {plain, gzipped(plain), gzipped(plain.substr(0, 9)) + gzipped(plain.substr(9))}) {
    const IdxArray array = read(bytes);
    EXPECT_EQ(array.shape, (std::vector<int64_t>{2, 3, 4}));
    ASSERT_EQ(array.values.size(), 24u);
    for (size_t i = 0; i < 24; ++i) EXPECT_EQ(array.values[i], 0x70 + i);
  }
  EXPECT_TRUE(read(idx({0, 28, 28}, "")).values.empty());
  EXPECT_TRUE(read(gzipped(idx({0}, ""))).values.empty());
}

TEST(Idx, ReadsWhatNumpyAndPythonsGzipWrite) {
  const std::filesystem::path corpus = std::filesystem::path(AX_TESTS) / ".." / "fuzz" / "corpus" / "idx";
  for (const char* name : {"images", "images.gz", "members.gz"}) {
    const IdxArray array = read_idx(FileBytes::map(corpus / name));
    EXPECT_EQ(array.shape, (std::vector<int64_t>{3, 5, 4})) << name;
    for (size_t i = 0; i < 60; ++i) EXPECT_EQ(array.values[i], i) << name;
  }
  const IdxArray labels = read_idx(FileBytes::map(corpus / "labels.gz"));
  EXPECT_EQ(std::vector<uint8_t>(labels.values.begin(), labels.values.end()),
            (std::vector<uint8_t>{7, 0, 9}));
}

TEST(Idx, RefusesWhatIsNone) {
  expect_refused("", "expected an IDX file, got 0 bytes");
  expect_refused(idx({3}, "abc", 13), "expected values of type 08 (unsigned bytes), got 0d");
  expect_refused(idx({}, ""), "expected 1 to 4 dimensions, got 0");
  expect_refused(idx({1, 1, 1, 1, 1}, "a"), "expected 1 to 4 dimensions, got 5");
  expect_refused("path,label\n", "expected an IDX file (bytes 00 00 first), got 70 61");
  expect_refused(gzipped("ab"), "got less than 4 bytes");
}

TEST(Idx, RefusesLyingSizes) {
  for (const bool zipped : {false, true}) {
    const auto packed = [&](const std::string& s) { return zipped ? gzipped(s) : s; };
    expect_refused(packed(idx({3}, "ab")), zipped ? "expected 3 values (3), got 2" : "expected the 3 values");
    expect_refused(packed(idx({3}, "abcd")), zipped ? "got more" : "got 4");
    expect_refused(packed(idx({~0u, ~0u, ~0u, ~0u}, "a")), "ends early or lies");
    expect_refused(packed(idx({1u << 31, 2}, "a")), "ends early or lies");
    expect_refused(packed(idx({0, 3}, "a")), zipped ? "got more" : "got 1");
    expect_refused(packed(idx({1, 2}, "").substr(0, 7)), "ends within its header");
  }
}

TEST(Idx, RefusesDamagedGzip) {
  const std::string whole = gzipped(idx({200}, std::string(200, 'x')));
  for (size_t size = 2; size < whole.size(); ++size) {
    EXPECT_NE(error_text([&] { read(whole.substr(0, size)); }), "no error") << size;
  }
  std::string wrong_crc = whole;
  wrong_crc[whole.size() - 6] ^= 1;
  expect_refused(wrong_crc, "gzip: incorrect data check; the file is damaged");
  expect_refused(whole + "x", "gzip:");
}

}  // namespace
}  // namespace ax
