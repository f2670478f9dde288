#include "adapterx/io/tensors/safetensors.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>

#include "adapterx/base/error_text_test.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

class SafetensorsTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() / fmt::format("ax_safetensors_{}_{}", ::getpid(), test->name());
    fs::create_directory(folder_);
    path_ = folder_ / "x.safetensors";
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write_bytes(const std::string& bytes) const { std::ofstream(path_, std::ios::binary) << bytes; }

  // A file of the header as given and `data_size` bytes of zeros.
  void write_header(const std::string& json, size_t data_size) const {
    write_bytes(length_bytes(json.size()) + json + std::string(data_size, '\0'));
  }

  static std::string length_bytes(uint64_t n) {
    std::string s(8, '\0');
    std::memcpy(s.data(), &n, 8);
    return s;
  }

  std::string read_bytes() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  // The text of the error reading gives, or "no error".
  std::string error() const {
    return error_text([&] { read_safetensors(path_); });
  }

  void expect_error(const std::string& json, size_t data_size, const std::string& part) const {
    write_header(json, data_size);
    const std::string text = error();
    EXPECT_NE(text.find(part), std::string::npos) << json << "\ngave: " << text;
    EXPECT_NE(text.find(path_.string()), std::string::npos) << text;
  }

  fs::path folder_, path_;
};

TensorInfo bytes_tensor(FileDType dtype, const Shape& shape, const std::string& bytes) {
  return {dtype, shape, std::as_bytes(std::span(bytes))};
}

template <class T>
TensorInfo tensor_of(FileDType dtype, const std::vector<T>& values) {
  return {dtype, {static_cast<int64_t>(values.size())}, std::as_bytes(std::span(values))};
}

void write_small(const fs::path& path) {
  const std::vector<float> w = {1, -2, 3.5f, 0, 5, 6};
  const std::string flags("\1\0\1", 3);
  write_safetensors(path,
                    {{"flags", bytes_tensor(FileDType::boolean, {3}, flags)}, {"w", f32_tensor({2, 3}, w)}},
                    {{"note", "a \"quoted\" text"}});
}

TEST_F(SafetensorsTest, RoundTripOfEveryDType) {
  const std::string bytes(24, '\x41');
  TensorMap tensors;
  for (const auto& [dtype, name] :
       std::vector<std::pair<FileDType, std::string>>{{FileDType::f64, "F64"},
                                                      {FileDType::f32, "F32"},
                                                      {FileDType::f16, "F16"},
                                                      {FileDType::bf16, "BF16"},
                                                      {FileDType::f8_e4m3, "F8_E4M3"},
                                                      {FileDType::f8_e5m2, "F8_E5M2"},
                                                      {FileDType::u64, "U64"},
                                                      {FileDType::u32, "U32"},
                                                      {FileDType::u16, "U16"},
                                                      {FileDType::complex64, "C64"},
                                                      {FileDType::i64, "I64"},
                                                      {FileDType::i32, "I32"},
                                                      {FileDType::i16, "I16"},
                                                      {FileDType::i8, "I8"},
                                                      {FileDType::u8, "U8"},
                                                      {FileDType::boolean, "BOOL"}}) {
    EXPECT_EQ(to_string(dtype), name);
    const auto size = static_cast<int64_t>(size_of(dtype));
    tensors[name] = {dtype, {1, 3, 1}, std::as_bytes(std::span(bytes)).first(static_cast<size_t>(3 * size))};
  }
  tensors["scalar"] = {FileDType::u8, {}, std::as_bytes(std::span(bytes)).first(1)};
  tensors["empty"] = {FileDType::f32, {0, 7}, {}};
  const MetadataMap metadata = {{"rank", "4"}, {"text", "\xc3\xa4 \"\\\n"}};
  write_safetensors(path_, tensors, metadata);

  const TensorFile file = read_safetensors(path_);
  EXPECT_EQ(file.metadata(), metadata);
  ASSERT_EQ(file.tensors().size(), tensors.size());
  for (const auto& [name, want] : tensors) {
    const TensorInfo& got = file.at(name);
    EXPECT_EQ(got.dtype, want.dtype) << name;
    EXPECT_EQ(got.shape, want.shape) << name;
    EXPECT_TRUE(std::ranges::equal(got.data, want.data)) << name;
    EXPECT_EQ(reinterpret_cast<uintptr_t>(got.data.data()) % size_of(got.dtype), 0u) << name;
  }
}

TEST_F(SafetensorsTest, EmptyFileRoundTrip) {
  write_safetensors(path_, {});
  EXPECT_TRUE(read_safetensors(path_).tensors().empty());
}

TEST_F(SafetensorsTest, FloatingDTypesConvert) {
  const std::vector<double> f64 = {1.0 + 1e-12, -3};
  const std::vector<float> f32 = {0.1f, -0.0f};
  const std::vector<uint16_t> f16 = {0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x83ff, 0x8000, 0x7c00, 0xfe00};
  const std::vector<uint16_t> bf16 = {0x3f80, 0xc040};
  const std::vector<int32_t> i32 = {7};
  write_safetensors(path_, {{"f64", tensor_of(FileDType::f64, f64)},
                            {"f32", tensor_of(FileDType::f32, f32)},
                            {"f16", tensor_of(FileDType::f16, f16)},
                            {"bf16", tensor_of(FileDType::bf16, bf16)},
                            {"i32", tensor_of(FileDType::i32, i32)}});
  TensorFile first = read_safetensors(path_);
  const TensorFile file = std::move(first);  // the views stay valid
  EXPECT_EQ(file.f32("f64"), (std::vector<float>{1, -3}));
  EXPECT_EQ(file.f32("f32"), f32);
  EXPECT_TRUE(std::signbit(file.f32("f32")[1]));
  EXPECT_EQ(file.f32("bf16"), (std::vector<float>{1, -3}));
  std::vector<float> half = file.f32("f16");
  EXPECT_TRUE(std::isnan(half.back()));
  half.pop_back();
  EXPECT_EQ(half, (std::vector<float>{1, -2, 65504, 0x1p-14f, 0x1p-24f, -1023 * 0x1p-24f, -0.0f,
                                      std::numeric_limits<float>::infinity()}));
  EXPECT_TRUE(std::signbit(half[6]));
  EXPECT_THROW(file.f32("i32"), Error);
  std::vector<float> wrong(3);
  EXPECT_THROW(file.copy_f32("f32", wrong), Error);
}

TEST_F(SafetensorsTest, AnUnknownNameNamesTheNearest) {
  write_small(path_);
  const TensorFile file = read_safetensors(path_);
  EXPECT_FALSE(file.contains("flag"));
  expect_part(error_text([&] { file.at("flag"); }), "did you mean `flags`?");
}

TEST_F(SafetensorsTest, UnalignedForeignFile) {
  const float value = 2.5f;
  std::string data(1, '\7');
  data.append(reinterpret_cast<const char*>(&value), 4);
  const std::string json =
      R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[],"data_offsets":[1,5]}})";
  write_bytes(length_bytes(json.size()) + json + data);
  EXPECT_EQ(read_safetensors(path_).f32("b"), std::vector<float>{2.5f});
}

TEST_F(SafetensorsTest, EveryTruncationIsAnError) {
  write_small(path_);
  const std::string whole = read_bytes();
  ASSERT_EQ(error(), "no error");
  for (size_t size = 0; size < whole.size(); ++size) {
    write_bytes(whole.substr(0, size));
    EXPECT_NE(error(), "no error") << size;
  }
  write_bytes(whole + "x");
  EXPECT_NE(error().find("trailing"), std::string::npos) << error();
}

// No byte of the header may crash the reader, whatever it becomes.
TEST_F(SafetensorsTest, EveryFlippedHeaderByteIsReadOrRefused) {
  write_small(path_);
  const std::string whole = read_bytes();
  for (size_t i = 0; i < whole.size() - 27; ++i) {
    for (const char flip : {'\x01', '\x10', '\x80'}) {
      std::string bytes = whole;
      bytes[i] = static_cast<char>(bytes[i] ^ flip);
      write_bytes(bytes);
      error();  // throws nothing but Error
    }
  }
}

TEST_F(SafetensorsTest, LyingHeaderLengths) {
  for (const uint64_t n : {uint64_t{3}, uint64_t{1} << 32, ~uint64_t{0}, ~uint64_t{0} - 8}) {
    write_bytes(length_bytes(n) + "{}");
    EXPECT_NE(error().find("expected a header of at most 2 bytes"), std::string::npos) << error();
  }
  write_bytes(length_bytes(0) + "{}");
  EXPECT_NE(error().find("expected JSON"), std::string::npos) << error();
}

TEST_F(SafetensorsTest, OffsetsMustCoverTheData) {
  const auto two = [](const char* a, const char* b) {
    return fmt::format(R"({{"a":{{"dtype":"U8","shape":[4],"data_offsets":{}}},)"
                       R"("b":{{"dtype":"U8","shape":[4],"data_offsets":{}}}}})",
                       a, b);
  };
  write_header(two("[4,8]", "[0,4]"), 8);
  EXPECT_EQ(error(), "no error");
  expect_error(two("[0,4]", "[2,6]"), 6, "b: expected data at offset 4, got 2 (tensors overlap)");
  expect_error(two("[0,4]", "[0,4]"), 4, "overlap");
  expect_error(two("[0,4]", "[5,9]"), 9, "gap");
  expect_error(two("[0,4]", "[4,8]"), 9, "expected 8 bytes of data, got 9");
  expect_error(two("[0,4]", "[4,8]"), 7, "b: data_offsets: expected [begin, end] within 7 bytes, got [4,8]");
  expect_error(two("[4,0]", "[4,8]"), 8, "a: data_offsets");
  expect_error(two("[0,3]", "[3,7]"), 7, "a: data_offsets: expected 4 bytes for U8 [4], got 3");
  expect_error(two("[-4,0]", "[0,4]"), 8, "expected non-negative integers, got -4");
  expect_error(two("[0,4,4]", "[4,8]"), 8, "a: data_offsets");
  expect_error(two("[0.0,4]", "[4,8]"), 8, "got 0.0");
  expect_error(two("[18446744073709551612,18446744073709551616]", "[0,4]"), 4, "a: data_offsets");
  expect_error(two("4", "[4,8]"), 8, "a: data_offsets: expected a list, got number");
}

TEST_F(SafetensorsTest, HugeShapes) {
  for (const char* shape : {"[4611686018427387904,4]", "[4294967296,4294967296]", "[18446744073709551615]",
                            "[2305843009213693952]", "[1152921504606846976,2,0]"}) {
    expect_error(fmt::format(R"({{"w":{{"dtype":"F64","shape":{},"data_offsets":[0,0]}}}})", shape), 0,
                 "w: shape: expected a size that fits memory");
  }
  expect_error(R"({"w":{"dtype":"F64","shape":[1000000000000],"data_offsets":[0,8]}})", 8,
               "expected 8000000000000 bytes");
  expect_error(R"({"w":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}})", 1,
               "rank of at most 8");
}

TEST_F(SafetensorsTest, HeadersOfAnotherForm) {
  const std::string a = R"({"dtype":"U8","shape":[1],"data_offsets":[0,1]})";
  expect_error(R"({"a":)" + a + R"(,"a":)" + a + "}", 1, "expected unique names, got `a` twice");
  expect_error(R"({"a":{"dtype":"U8","dtype":"I8","shape":[1],"data_offsets":[0,1]}})", 1, "`dtype` twice");
  expect_error(R"({"a":{"dtype":"U9","shape":[1],"data_offsets":[0,1]}})", 1, "BOOL, got U9");
  expect_error(R"({"a":{"shape":[1],"data_offsets":[0,1]}})", 1, "dtype: expected a string, got nothing");
  expect_error(R"({"a":{"dtype":"U8","data_offsets":[0,1]}})", 1, "shape: expected a list, got nothing");
  expect_error(R"({"a":7})", 0, "a: expected an object, got number");
  expect_error(R"({"__metadata__":{"n":7}})", 0, "n: expected a string, got number");
  expect_error(R"({"__metadata__":[]})", 0, "__metadata__: expected an object, got array");
  expect_error("[]", 0, "expected an object, got array");
  expect_error("{\"\xff\":1}", 0, "expected JSON");
  expect_error(R"({"a":)" + std::string(100000, '['), 0, "expected at most 3 levels");
}

TEST_F(SafetensorsTest, MissingFilesAndFolders) {
  EXPECT_NE(error().find("cannot open: No such file"), std::string::npos) << error();
  path_ = folder_;
  EXPECT_NE(error().find("expected a file"), std::string::npos) << error();
}

TEST_F(SafetensorsTest, AFailedWriteLeavesTheOldFile) {
  write_small(path_);
  const std::string before = read_bytes();
  const std::string bytes = "abc";
  EXPECT_THROW(write_safetensors(path_, {{"a", bytes_tensor(FileDType::f32, {1}, bytes)}}), Error);
  EXPECT_THROW(write_safetensors(path_, {{"__metadata__", bytes_tensor(FileDType::u8, {3}, bytes)}}), Error);
  EXPECT_THROW(write_safetensors(path_, {{"\xff", bytes_tensor(FileDType::u8, {3}, bytes)}}), Error);
  EXPECT_THROW(f32_tensor({3}, std::vector<float>(2)), Error);
  EXPECT_EQ(read_bytes(), before);

  fs::create_directory(folder_ / "taken");
  EXPECT_THROW(write_safetensors(folder_ / "taken", {}), Error);
  EXPECT_THROW(write_safetensors(folder_ / "none" / "x", {}), Error);
  write_small(path_);  // over the old file
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 2) << "a temporary file was left";
}

// Linear in the number of tensors: a few tenths of a second, where a quadratic parser takes minutes.
TEST_F(SafetensorsTest, ManyTensors) {
  constexpr int kTensors = 100'000;
  std::string json = "{";
  for (int i = 0; i < kTensors; ++i) {
    json += fmt::format(R"({}"t{}":{{"dtype":"U8","shape":[1],"data_offsets":[{},{}]}})", i == 0 ? "" : ",",
                        i, i, i + 1);
  }
  write_header(json + "}", kTensors);
  EXPECT_EQ(std::ssize(read_safetensors(path_).tensors()), kTensors);
}

}  // namespace
}  // namespace ax
