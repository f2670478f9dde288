// Files of tools/make_onnx_golden.py, by the onnx package: names, types and values, and what must be refused.
#include "adapterx/io/tensors/onnx_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <numeric>

#include "adapterx/io/reader_test.h"
#include "adapterx/io/tensors/onnx_names.h"
#include "adapterx/io/tensors/safetensors.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(AX_GOLDEN) / "onnx";

TensorFile open(const std::string& name) { return open_tensor_file(kFolder / (name + ".onnx")); }

std::vector<std::string> names_of(const TensorFile& file) {
  std::vector<std::string> names;
  for (const auto& entry : file.tensors()) names.push_back(entry.first);
  return names;
}

// start, start + 1, ...: what the tool writes, row-major.
std::vector<float> counted(size_t size, float start = 0) {
  std::vector<float> values(size);
  std::iota(values.begin(), values.end(), start);
  return values;
}

TEST(Onnx, ReadsEveryTypeFromRawBytesAndFromFieldsOfNumbers) {
  for (const char* name : {"dtypes_raw", "dtypes_typed"}) {
    const TensorFile file = open(name);
    EXPECT_EQ(file.format(), "onnx");
    EXPECT_EQ(file.tensors().size(), 13u) << name;
    for (const char* type : {"FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16"}) {
      EXPECT_EQ(file.f32(type), (std::vector<float>{1.5f, -2, 0.25f})) << name << " " << type;
    }
    const auto expect = [&](const char* type, FileDType dtype, const std::vector<int64_t>& values) {
      EXPECT_EQ(file.at(type).dtype, dtype) << name << " " << type;
      EXPECT_EQ(file.i64(type), values) << name << " " << type;
    };
    expect("INT8", FileDType::i8, {1, -2, 127});
    expect("UINT8", FileDType::u8, {1, 2, 255});
    expect("INT16", FileDType::i16, {1, -2, 32767});
    expect("UINT16", FileDType::u16, {1, 2, 65535});
    expect("INT32", FileDType::i32, {1, -2, 2147483647});
    expect("UINT32", FileDType::u32, {1, 2, 4294967295});
    expect("INT64", FileDType::i64, {1, -2, int64_t{1} << 62});
    expect("UINT64", FileDType::u64, {1, 2, int64_t{1} << 62});
    expect("BOOL", FileDType::boolean, {1, 0, 1});
  }
  EXPECT_EQ(open("unpacked").f32("w"), (std::vector<float>{1.5f, -2}));
  EXPECT_EQ(open("complex").at("typed").data.size(), 32u);
}

TEST(Onnx, ReadsScalarsAndEmptyTensors) {
  const TensorFile file = open("shapes");
  EXPECT_EQ(file.at("scalar").shape.rank(), 0);
  EXPECT_EQ(file.f32("scalar"), std::vector<float>{2.5f});
  EXPECT_EQ(file.at("empty").shape, (Shape{0, 7}));
  EXPECT_TRUE(open("empty").tensors().empty());
}

TEST(Onnx, RawDataStayInTheFile) {
  const FileBytes bytes = FileBytes::map(kFolder / "shapes.onnx");
  const TensorFile file = read_onnx(bytes);
  const std::byte* data = file.at("scalar").data.data();
  EXPECT_TRUE(data > bytes.bytes().data() && data < bytes.bytes().data() + bytes.size());
}

TEST(Onnx, ListsTypesThatItCannotReadAndNamesThemWhenAsked) {
  const TensorFile file = open("other_types");
  EXPECT_EQ(file.f32("w"), counted(2));
  EXPECT_EQ(file.at("int4").shape, (Shape{3}));
  expect_part(error_text([&] { file.f32("int4"); }), "int4: expected F32, F16, BF16 or F64, got INT4");
  expect_part(error_text([&] { file.i64("texts"); }), "texts: expected integers, got STRING");
  expect_part(error_text([&] { file.i64("later"); }), "got a type of later versions of ONNX");
  const fs::path out = fs::temp_directory_path() / fmt::format("ax_onnx_{}.safetensors", ::getpid());
  expect_part(error_text([&] {
                write_safetensors(out, {{"int4", file.at("int4")}});
              }),
              "expected a type of safetensors, got INT4");
}

TEST(Onnx, KeepsWhatTheModelSaysOfItself) {
  const TensorFile file = open("properties");
  EXPECT_EQ(file.metadata().at("classes"), R"(["cat", "dog"])");
  EXPECT_EQ(file.metadata().at("producer_name"), "golden");
  EXPECT_EQ(file.metadata().at("opset"), "14");
}

TEST(OnnxNames, WeightsOfLayersAreCalledByTheModuleThatUsesThem) {
  const TensorFile file = open("linear");
  EXPECT_EQ(names_of(file),
            (std::vector<std::string>{"encoder.fc1.bias", "encoder.fc1.weight", "encoder.layer.0.a.b.weight",
                                      "head.bias", "head.weight", "onnx::MatMul_15", "onnx::MatMul_16",
                                      "onnx::MatMul_17", "onnx::Mul_14", "plain.weight", "stem.bias",
                                      "stem.weight", "taken.weight"}));
  // [in, out] = [2, 3] in the file.
  EXPECT_EQ(file.at("encoder.fc1.weight").shape, (Shape{3, 2}));
  EXPECT_EQ(file.f32("encoder.fc1.weight"), (std::vector<float>{0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(file.f32("plain.weight"), (std::vector<float>{0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(file.at("head.weight").shape, (Shape{2, 3}));  // transB
  EXPECT_EQ(file.f32("head.weight"), counted(6));
  EXPECT_EQ(file.at("taken.weight").shape, (Shape{1}));
}

TEST(OnnxNames, PositionsOfHuggingFaceArePutTogether) {
  const std::string name = "net.embeddings.position_embeddings";
  for (const char* file : {"positions_split", "positions_whole"}) {
    const TensorFile positions = open(file);
    ASSERT_TRUE(positions.contains(name)) << file;
    EXPECT_EQ(positions.at(name).shape, (Shape{1, 10, 4})) << file;
    EXPECT_EQ(positions.f32(name), counted(40)) << file;
    EXPECT_FALSE(positions.contains("onnx::Reshape_2")) << file;
  }
  const TensorFile elsewhere = open("positions_elsewhere");
  EXPECT_FALSE(elsewhere.contains(name));
  EXPECT_TRUE(elsewhere.contains("onnx::Concat_1"));
}

TEST(OnnxNames, ConstantsThatAreWeightsAreTaken) {
  const TensorFile file = open("constants");
  EXPECT_EQ(names_of(file), (std::vector<std::string>{"named.weight", "net.fc.bias", "net.fc.weight"}));
  EXPECT_EQ(file.f32("net.fc.weight"), (std::vector<float>{0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(file.f32("named.weight"), counted(6));
}

TEST(OnnxNames, CopiesOfOneParameterHaveTheirNames) {
  const TensorFile file = open("copies");
  EXPECT_EQ(file.f32("b.bias"), counted(2));
  EXPECT_EQ(file.at("b.bias").data.data(), file.at("a.bias").data.data());
}

TEST(OnnxNames, OnlyTheModulesOwnOperatorTellsItsParameter) {
  const auto name = [](const char* op, const char* node, size_t input, const Shape& shape) {
    const auto place = onnx::place_of({op, node, input}, shape);
    return place ? place->name : "";
  };
  EXPECT_EQ(name("MatMul", "/a/b.0/MatMul", 1, {2, 3}), "a.b.0.weight");
  EXPECT_EQ(name("MatMul", "/MatMul", 1, {2, 3}), "weight");
  EXPECT_EQ(name("MatMul", "/a/MatMul", 0, {2, 3}), "");
  EXPECT_EQ(name("MatMul", "/a/MatMul", 1, {1, 2, 3}), "");
  EXPECT_EQ(name("MatMul", "/a/MatMul_2", 1, {2, 3}), "");
  EXPECT_EQ(name("MatMul", "a/MatMul", 1, {2, 3}), "");
  EXPECT_EQ(name("Add", "/a/Add", 1, {3}), "a.bias");
  EXPECT_EQ(name("Add", "/a/Add", 1, {1, 3}), "");
}

TEST(OnnxExternal, ValuesLieBesideTheFile) {
  const TensorFile file = open("external/sound");
  EXPECT_EQ(file.f32("a"), counted(6));
  EXPECT_EQ(file.f32("b"), counted(2, 10));
  file.release("a");
  EXPECT_EQ(file.f32("a"), counted(6));
}

TEST(OnnxExternal, RefusesWhatIsNotThereOrLeavesTheFolder) {
  const auto expect = [](const std::string& name, std::string_view part) {
    expect_part(error_text([&] { open("external/refuse_" + name); }), part);
  };
  const std::string below = "expected a file below the folder of the ONNX file, got ";
  expect("parent", below + "`../outside.bin`");
  expect("parent_inside", below + "`x/../../outside.bin`");
  expect("absolute", below + "`/dev/zero`");
  expect("no_location", below + "``");
  expect("missing", "got no such file");
  expect("beyond", "expected 24 bytes from 25 on");
  expect("overflow", "expected 24 bytes from 18446744073709551608 on");
  expect("length_overflow", "expected 18446744073709551612 bytes from 8 on");
  expect("length", "a: expected 24 bytes for FLOAT [2, 3], got 20");
  expect("number", "offset: expected a number of bytes, got `-1`");
}

TEST(Onnx, RefusesWhatDisagreesNamingFileAndTensor) {
  const auto expect = [](const std::string& name, std::string_view part) {
    const std::string text = error_text([&] { open("refuse_" + name); });
    expect_part(text, part);
    expect_part(text, "refuse_" + name + ".onnx: ");
  };
  expect("no_graph", "expected an ONNX model of one graph, got 0");
  expect("two_names", "w: expected one tensor of this name, got two");
  expect("no_name", "expected a name of each initializer, got none");
  expect("short_raw", "w: expected 12 bytes for FLOAT [3], got 8");
  expect("long_raw", "w: expected 4 bytes for FLOAT [1], got 8");
  expect("few_floats", "w: expected 3 numbers for F32 [3], got fewer");
  expect("many_floats", "w: expected 1 numbers for F32 [1], got more");
  expect("no_data", "w: expected 3 numbers for F32 [3], got fewer");
  expect("huge", "w: expected 1125899906842624 numbers");
  expect("overflow", "w: shape: expected a size that fits memory");
  expect("negative", "w: shape: expected no negative extent");
  expect("rank", "w: shape: expected a rank of at most 8, got 9");
  expect("cut", "got a damaged one (end of buffer exception); is this a whole file?");
}

// A file of holes: nothing of it is on the disk.
TEST(Onnx, RefusesFilesAboveTheLimitOfProtobuf) {
  const fs::path path = fs::temp_directory_path() / fmt::format("ax_onnx_{}_large", ::getpid());
  std::ofstream(path, std::ios::binary) << "\x08\x07\x12\x06golden";
  fs::resize_file(path, uintmax_t{1} << 31);
  expect_part(error_text([&] { open_tensor_file(path); }), "expected an ONNX file below 2 GB");
  fs::remove(path);
}

}  // namespace
}  // namespace ax
