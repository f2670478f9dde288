#include "adapterx/io/tensors/npy.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>

#include "adapterx/base/error.h"
#include "adapterx/base/error_text_test.h"
#include "adapterx/io/reader_test.h"
#include "adapterx/io/zip.h"
#include "adapterx/io/zip_records.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

const fs::path kCorpus = fs::path(AX_TESTS) / ".." / "fuzz" / "corpus" / "npz";  // written by NumPy

class NpyTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() / fmt::format("ax_npy_{}_{}", ::getpid(), test->name());
    fs::create_directory(folder_);
    path_ = folder_ / "x.npz";
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_, path_;
};

TensorFile npz(const char* name) { return read_npz(FileBytes::map(kCorpus / name)); }
TensorFile npy(const char* name) { return read_npy(FileBytes::map(kCorpus / name)); }

std::string array_bytes(std::string_view header, std::string_view data = "") {
  const auto length = static_cast<uint16_t>(header.size());
  std::string bytes("\x93NUMPY\1\0", 8);
  bytes.append(reinterpret_cast<const char*>(&length), sizeof length);
  return bytes.append(header).append(data);
}

std::string with_shape(std::string_view descr, std::string_view shape, std::string_view data = "") {
  return array_bytes(fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}\n", descr, shape),
                     data);
}

std::string error_of(std::string_view bytes) {
  return error_text([&] { read_npy(FileBytes::borrow("x.npy", bytes_of(bytes))); });
}

void expect_error(std::string_view bytes, std::string_view part) {
  const std::string text = error_of(bytes);
  expect_part(text, part);
  EXPECT_TRUE(text.starts_with("x.npy: arr_0: ")) << text;
}

template <class T>
std::vector<T> elements(const TensorInfo& tensor) {
  EXPECT_EQ(tensor.data.size() % sizeof(T), 0u);
  std::vector<T> values(tensor.data.size() / sizeof(T));
  std::memcpy(values.data(), tensor.data.data(), tensor.data.size());
  return values;
}

// 0, 1 ... 5 less 2, in quarters where the type has them: make_corpus.py, values().
template <class T>
void expect_ramp(const TensorFile& file, const char* name, FileDType dtype, T scale, T offset) {
  SCOPED_TRACE(name);
  const TensorInfo& tensor = file.at(name);
  EXPECT_EQ(tensor.dtype, dtype);
  EXPECT_EQ(tensor.shape, (Shape{2, 3}));
  std::vector<T> want;
  for (int i = 0; i < 6; ++i) want.push_back(static_cast<T>((static_cast<T>(i) - offset) * scale));
  EXPECT_EQ(elements<T>(tensor), want);
}

TEST_F(NpyTest, EveryDTypeOfNumpy) {
  for (const char* archive : {"dtypes.npz", "dtypes_compressed.npz"}) {
    SCOPED_TRACE(archive);
    const TensorFile file = npz(archive);
    EXPECT_EQ(file.format(), "npz");
    EXPECT_EQ(file.tensors().size(), 14u);
    expect_ramp<int8_t>(file, "i1", FileDType::i8, 1, 2);
    expect_ramp<int16_t>(file, "i2", FileDType::i16, 1, 2);
    expect_ramp<int32_t>(file, "i4", FileDType::i32, 1, 2);
    expect_ramp<int64_t>(file, "i8", FileDType::i64, 1, 2);
    expect_ramp<uint8_t>(file, "u1", FileDType::u8, 1, 0);
    expect_ramp<uint16_t>(file, "u2", FileDType::u16, 1, 0);
    expect_ramp<uint32_t>(file, "u4", FileDType::u32, 1, 0);
    expect_ramp<uint64_t>(file, "u8", FileDType::u64, 1, 0);
    expect_ramp<float>(file, "f4", FileDType::f32, 0.25f, 2);
    expect_ramp<double>(file, "f8", FileDType::f64, 0.25, 2);
    EXPECT_EQ(file.at("f2").dtype, FileDType::f16);
    EXPECT_EQ(file.f32("f2"), (std::vector<float>{-0.5f, -0.25f, 0, 0.25f, 0.5f, 0.75f}));
    EXPECT_EQ(file.at("b1").dtype, FileDType::boolean);
    EXPECT_EQ(elements<uint8_t>(file.at("b1")), (std::vector<uint8_t>{1, 0, 1, 0, 1, 0}));
    EXPECT_EQ(file.at("c8").dtype, FileDType::complex64);
    EXPECT_EQ(elements<float>(file.at("c8")),
              (std::vector<float>{-0.5f, 0, -0.25f, 1, 0, 2, 0.25f, 3, 0.5f, 4, 0.75f, 5}));
    EXPECT_EQ(file.at("c16").dtype, FileDType::complex128);
    EXPECT_EQ(elements<double>(file.at("c16"))[3], 1.0);
  }
}

TEST_F(NpyTest, OrdersScalarsAndEmptyArrays) {
  const TensorFile file = npz("orders.npz");
  EXPECT_TRUE(file.at("c").strides.empty());
  EXPECT_EQ(file.at("fortran").strides, (std::vector<int64_t>{1, 2, 6}));
  EXPECT_EQ(file.at("fortran").shape, (Shape{2, 3, 4}));
  EXPECT_EQ(file.f32("fortran"), file.f32("c"));
  EXPECT_EQ(file.f32("c")[23], 5.25f);
  EXPECT_EQ(file.at("scalar").shape, Shape{});
  EXPECT_EQ(file.f32("scalar"), std::vector<float>{2.5f});
  EXPECT_EQ(file.at("empty").shape, (Shape{0, 7}));
  EXPECT_TRUE(file.f32("empty").empty());
  EXPECT_EQ(file.at("empty_fortran").shape, (Shape{3, 0}));
  EXPECT_TRUE(file.f32("empty_fortran").empty());
  EXPECT_EQ(elements<int32_t>(file.at("one")), (std::vector<int32_t>{-2, -1, 0, 1, 2}));
}

TEST_F(NpyTest, TextsAreMetadata) {
  const TensorFile file = npz("texts.npz");
  EXPECT_EQ(file.metadata(),
            (MetadataMap{{"class_names", "cat,K\xc3\xa4se,,\xf0\x9f\x98\x80"}, {"bytes", "ab,c"}}));
  EXPECT_EQ(elements<int64_t>(file.at("label")), (std::vector<int64_t>{0, 1, 2, 3}));
  EXPECT_EQ(read_npy(FileBytes::borrow("x", bytes_of(with_shape("|S3", "()", "abc")))).metadata().at("arr_0"),
            "abc");
}

TEST_F(NpyTest, TextsOneByOne) {
  const FileBytes file = FileBytes::map(kCorpus / "texts.npz");
  EXPECT_EQ(read_npz_texts(file, "class_names"),
            (std::vector<std::string>{"cat", "K\u00e4se", "", "\U0001f600"}));
  EXPECT_EQ(read_npz_texts(file, "bytes"), (std::vector<std::string>{"ab", "c"}));
  EXPECT_NE(error_text([&] { read_npz_texts(file, "label"); }).find("label: expected texts, got '<i8'"),
            std::string::npos);
  expect_part(error_text([&] { read_npz_texts(file, "class_name"); }), "did you mean `class_names`?");
}

TEST_F(NpyTest, IntegersOfEveryType) {
  const TensorFile file = npz("dtypes.npz");
  for (const char* name : {"u1", "u2", "u4", "u8"}) {
    EXPECT_EQ(file.i64(name), (std::vector<int64_t>{0, 1, 2, 3, 4, 5})) << name;
  }
  for (const char* name : {"i1", "i2", "i4", "i8"}) {
    EXPECT_EQ(file.i64(name), (std::vector<int64_t>{-2, -1, 0, 1, 2, 3})) << name;
  }
  EXPECT_EQ(npy("fortran.npy").i64("arr_0"), (std::vector<int64_t>{-2, -1, 0, 1, 2, 3}));
  expect_part(error_text([&] { (void)file.i64("f4"); }), "f4: expected integers, got F32");
  const uint64_t large = uint64_t{1} << 63;
  int64_t out = 0;
  const TensorInfo tensor{FileDType::u64, {1}, std::as_bytes(std::span(&large, 1))};
  expect_part(error_text([&] {
                copy_i64("x", tensor, {&out, 1});
              }),
              "x: expected values below 2^63, got 9223372036854775808");
}

TEST_F(NpyTest, ArchivesOfAnyWriter) {
  for (const char* name : {"zip64.npz", "pipe.npz", "pipe_stored.npz"}) {
    SCOPED_TRACE(name);
    const TensorFile file = npz(name);
    expect_ramp<float>(file, "a", FileDType::f32, 0.25f, 2);
    EXPECT_EQ(elements<int64_t>(file.at("b")), (std::vector<int64_t>{-2, -1, 0, 1, 2}));
  }
  expect_ramp<float>(npz("comment.npz"), "a", FileDType::f32, 0.25f, 2);
  expect_ramp<uint8_t>(npz("unnamed.npz"), "arr_1", FileDType::u8, 1, 0);
  EXPECT_TRUE(npz("empty.npz").tensors().empty());
}

TEST_F(NpyTest, VersionsAndVariantsOfTheHeader) {
  for (const char* name : {"version1.npy", "version2.npy", "version3.npy"}) {
    SCOPED_TRACE(name);
    expect_ramp<float>(npy(name), "arr_0", FileDType::f32, 0.25f, 2);
    EXPECT_EQ(npy(name).format(), "npy");
  }
  EXPECT_EQ(npy("fortran.npy").at("arr_0").strides, (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(npy("bfloat16.npy").at("arr_0").dtype, FileDType::bf16);
  EXPECT_EQ(npy("bfloat16.npy").f32("arr_0"), (std::vector<float>{1, -3}));
  EXPECT_EQ(npy("python2.npy").at("arr_0").shape, (Shape{2, 1}));
  EXPECT_EQ(npy("big_endian_byte.npy").at("arr_0").dtype, FileDType::u8);
}

TEST_F(NpyTest, WhatIsNotSupportedIsNamed) {
  const auto expect = [](const char* name, std::string_view part) {
    std::ifstream in(kCorpus / name, std::ios::binary);
    expect_error(std::string(std::istreambuf_iterator<char>(in), {}), part);
  };
  expect("refuse_big_endian.npy", "expected little-endian data, got '>f4'");
  expect("refuse_objects.npy", "got '|O' (Python objects");
  expect("refuse_structure.npy", "got a structured dtype");
  expect("refuse_dates.npy", "got '<M8[D]' (dates)");
  expect("refuse_long_double.npy", "expected numbers of 8 to 64 bits, got '<f16'");
  expect("refuse_raw.npy", "got '|V5' (raw bytes)");
  expect("refuse_text_order.npy", "<U1 [2, 2] of 16 bytes in Fortran order");
  expect_part(error_text([&] { npz("refuse_other_entry.npz"); }),
              "expected entries named *.npy, got readme.txt");
}

TEST_F(NpyTest, EveryTruncationIsAnError) {
  const std::string whole = with_shape("<f4", "(2, 1)", "12345678");
  ASSERT_EQ(error_of(whole), "no error");
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(error_of(std::string_view(whole).substr(0, size)), "no error") << size;
  }
  expect_error(whole.substr(0, whole.size() - 9), "expected a header of at most");  // cut in its padding
  expect_error(whole + "x", "expected 8 bytes for <f4 [2, 1], got 9");
}

TEST_F(NpyTest, HeadersOfAnotherForm) {
  const std::string_view rest = "'fortran_order': False, 'shape': ()}";
  expect_error("\x93NUMPX12345", "expected an array of NumPy, got something else");
  expect_error("", "expected an array of NumPy, got nothing");
  expect_error(std::string("\x93NUMPY\4\0\0\0\0\0", 12),
               "expected version 1.0, 2.0 or 3.0 of the format, got 4.0");
  expect_error(std::string("\x93NUMPY\2\0\xff\xff\xff\xff{}", 14),
               "header of at most 2 bytes, got 4294967295");
  expect_error(std::string("\x93NUMPY\2\0\xff\xff", 10), "expected a header of at most 0 bytes");
  expect_error(array_bytes("{}"), "expected descr, fortran_order and shape, got {}");
  expect_error(array_bytes(fmt::format("{{'descr': '<f4', 'descr': '<f4', {}", rest)), "got descr twice");
  expect_error(array_bytes(fmt::format("{{'descr': '<f4', 'x': 1, {}", rest)), "got `x`");
  expect_error(array_bytes(fmt::format("{{'descr': '<f4, {}", rest)), "header: expected `");
  expect_error(array_bytes(fmt::format("{{'descr': '\\x3cf4', {}", rest)), "expected a plain text in quotes");
  expect_error(array_bytes(fmt::format("{{'descr': ('<f4', (2,)), {}", rest)), "header: expected");
  expect_error(array_bytes("{'descr': '<f4', 'fortran_order': 1, 'shape': ()}"), "expected True or False");
  expect_error(array_bytes(fmt::format("{{'descr': '<f4', {} x", rest)), "expected the end");
  for (const char* descr : {"", "<", "f4", "<f3", "<b2", "<f4 ", "<i16", "|V1"}) {
    expect_error(with_shape(descr, "()", "1234"), "expected numbers of 8 to 64 bits");
  }
  for (const char* shape :
       {"(3)", "3", "[3]", "(3,,)", "(,)", "(1.0,)", "(0x1,)", "(", "(9223372036854775808,)"}) {
    expect_error(with_shape("<f4", shape, "123456789012"), "header: expected");
  }
}

TEST_F(NpyTest, LyingShapes) {
  expect_error(with_shape("<f4", "(-1,)"), "expected no negative extent, got -1");
  expect_error(with_shape("<f4", "(4611686018427387904, 4)"), "expected a size that fits memory");
  expect_error(with_shape("<f4", "(4611686018427387904, 4, 0)"), "expected a size that fits memory");
  expect_error(with_shape("<f4", "(1,1,1,1,1,1,1,1,1)", "1234"), "expected a rank of at most 8, got 9");
  expect_error(with_shape("<f4", "(1000000000,)", "1234"),
               "expected 4000000000 bytes for <f4 [1000000000], got 4");
  expect_error(with_shape("|S0", "(1000000000,)"), "expected at most 1048576 texts and bytes");
  expect_error(with_shape("|S0", "(1000000,)"), "expected at most");  // a bomb: commas of no data
  expect_error(with_shape("<U99999999999999999999", "(1,)"), "expected at most");
  expect_error(with_shape("<U1048576", "(1048576,)", "1234"), "bytes for <U1048576 [1048576], got 4");
  expect_error(with_shape("|S1", "(2000000,)", std::string(2'000'000, 'x')), "expected at most");
  expect_error(with_shape(">U1", "()", "1234"), "expected little-endian data");
  expect_error(with_shape("<U1", "()", std::string("\0\xd8\0\0", 4)),
               "expected letters of Unicode, got 0xd800");
  expect_error(with_shape("<U1", "()", "\xff\xff\xff\xff"), "expected letters of Unicode");
  expect_error(with_shape("<U", "()"), "expected at most");
}

// An .npz with one deflated array under each of the names.
std::string deflated_archive(const fs::path& path, const std::string& array,
                             const std::vector<std::string>& names) {
  std::string packed(array.size() + 1000, '\0');
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(array.data()));
  stream.avail_in = static_cast<uInt>(array.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  ZipWriter out(path);
  for (const std::string& name : names) out.add(name + ".npy", {}, bytes_of(packed));
  out.commit();

  std::ifstream in(path, std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(in), {});
  const auto crc =
      static_cast<uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(array.data()), array.size()));
  const auto size = static_cast<uint32_t>(array.size());
  for (const auto& [signature, shift] : {std::pair{"PK\3\4", size_t{0}}, {"PK\1\2", size_t{2}}}) {
    for (size_t at = bytes.find(signature); at != bytes.npos; at = bytes.find(signature, at + 4)) {
      std::memcpy(&bytes[at + 8 + shift], &zip::kDeflated, sizeof zip::kDeflated);
      std::memcpy(&bytes[at + 14 + shift], &crc, sizeof crc);
      std::memcpy(&bytes[at + 22 + shift], &size, sizeof size);
    }
  }
  return bytes;
}

TEST_F(NpyTest, UnpackedArraysAreBoundedAllTogether) {
  constexpr size_t kSize = 40 << 20;  // of the 64 MB that a small file may unpack to
  const std::string array = with_shape("|u1", fmt::format("({},)", kSize), std::string(kSize, 'x'));
  const std::string one = deflated_archive(path_, array, {"a"});
  EXPECT_EQ(read_npz(FileBytes::borrow("x", bytes_of(one))).at("a").data.size(), kSize);
  const std::string two = deflated_archive(path_, array, {"a", "b"});
  expect_part(error_text([&] { read_npz(FileBytes::borrow("x", bytes_of(two))); }),
              "x: b.npy: expected at most");
}

TEST_F(NpyTest, WrittenArchivesReadBack) {
  const std::string data(96, 'x');
  TensorMap tensors;
  for (int i = 0; i <= static_cast<int>(FileDType::complex128); ++i) {
    const auto dtype = static_cast<FileDType>(i);
    if (dtype == FileDType::f8_e4m3 || dtype == FileDType::f8_e5m2) continue;
    tensors[fmt::format("model.{}", to_string(dtype))] = {
        dtype, {3, 2}, bytes_of(data).first(6 * size_of(dtype))};
  }
  tensors["scalar"] = {FileDType::u8, {}, bytes_of(data).first(1)};
  tensors["empty"] = {FileDType::f32, {0, 7}, {}};
  tensors["fortran"] = {FileDType::u8, {2, 3}, bytes_of(data).first(6), {1, 2}};
  tensors["\xc3\xa4/b"] = {FileDType::u8, {1, 1, 1, 1, 1, 1, 1, 1}, bytes_of(data).first(1)};
  write_npz(path_, tensors);

  const FileBytes bytes = FileBytes::map(path_);
  const TensorFile file = read_npz(bytes);
  ASSERT_EQ(file.tensors().size(), tensors.size());
  for (const auto& [name, want] : tensors) {
    const TensorInfo& got = file.at(name);
    EXPECT_EQ(got.dtype, want.dtype) << name;
    EXPECT_EQ(got.shape, want.shape) << name;
    EXPECT_EQ(got.strides, want.strides) << name;
    EXPECT_TRUE(std::ranges::equal(got.data, want.data)) << name;
    EXPECT_EQ((got.data.data() - bytes.bytes().data()) % 64, 0) << name;
  }
  write_npz(path_, {});
  EXPECT_TRUE(read_npz(FileBytes::map(path_)).tensors().empty());
}

TEST_F(NpyTest, ARefusedWriteLeavesTheOldFile) {
  write_npz(path_, {});
  const std::string data(8, 'x');
  EXPECT_THROW(write_npz(path_, {{"a", {FileDType::f32, {1}, bytes_of(data)}}}), Error);
  EXPECT_THROW(write_npz(path_, {{"a", {FileDType::f8_e5m2, {8}, bytes_of(data)}}}), Error);
  EXPECT_THROW(write_npz(path_, {{"a", {FileDType::u8, {2, 4}, bytes_of(data), {0, 1}}}}), Error);
  EXPECT_TRUE(read_npz(FileBytes::map(path_)).tensors().empty());
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1) << "a temporary file was left";
}

}  // namespace
}  // namespace ax
