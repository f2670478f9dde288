#include "adapterx/io/tensors/torch.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <numeric>
#include <random>

#include "adapterx/base/error_text_test.h"
#include "adapterx/io/tensors/pickle_test.h"
#include "adapterx/io/tensors/safetensors.h"

namespace ax {
namespace {

namespace fs = std::filesystem;
using namespace pickle::write;
using namespace std::string_literals;

const fs::path kFolder = fs::path(AX_GOLDEN) / "torch";

FileBytes borrow(const std::string& bytes) {
  return FileBytes::borrow("x.pt", std::as_bytes(std::span(bytes)));
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

uint32_t crc32(const std::string& bytes) {  // of zip: the polynomial 0x04c11db7, reflected
  uint32_t crc = ~0u;
  for (const char c : bytes) {
    crc ^= static_cast<uint8_t>(c);
    for (int i = 0; i < 8; ++i) crc = crc >> 1 ^ (0xedb88320u & (0u - (crc & 1u)));
  }
  return ~crc;
}

using Entries = std::vector<std::pair<std::string, std::string>>;

// A zip archive; deflated entries are one block that deflate leaves as it is.
std::string zip(const Entries& entries, bool deflated = false) {
  std::string out, directory;
  for (const auto& [name, content] : entries) {
    const auto size = static_cast<uint16_t>(content.size());
    const std::string data =
        deflated ? "\1" + raw(size) + raw(static_cast<uint16_t>(~size)) + content : content;
    const std::string common =
        raw(uint16_t{20}) + raw(uint16_t{0}) + raw(static_cast<uint16_t>(deflated ? 8 : 0)) +
        raw(uint32_t{0}) + raw(crc32(content)) + raw(static_cast<uint32_t>(data.size())) +
        raw(uint32_t{size}) + raw(static_cast<uint16_t>(name.size())) + raw(uint16_t{0});
    directory += "PK\1\2" + raw(uint16_t{20}) + common + std::string(10, '\0') +
                 raw(static_cast<uint32_t>(out.size())) + name;
    out += "PK\3\4" + common + name + data;
  }
  const auto count = static_cast<uint16_t>(entries.size());
  return out + directory + "PK\5\6" + raw(uint32_t{0}) + raw(count) + raw(count) +
         raw(static_cast<uint32_t>(directory.size())) + raw(static_cast<uint32_t>(out.size())) +
         raw(uint16_t{0});
}

std::string floats(size_t count) {  // 0, 1, 2 ...
  std::vector<float> values(count);
  std::iota(values.begin(), values.end(), 0.0f);
  return {reinterpret_cast<const char*>(values.data()), count * sizeof(float)};
}

// The object, and storage 0 of 24 floats.
Entries entries(const std::string& object) {
  return {{"any/data.pkl", pickled(object)}, {"any/byteorder", "little"}, {"any/data/0", floats(24)}};
}

std::string storage(const std::string& key = "0", int64_t elements = 24,
                    const std::string& type = "FloatStorage") {
  return tuple({text("storage"), global("torch", type), text(key), text("cuda:0"), integer(elements)}) + "Q";
}

std::string view(int64_t offset, const std::vector<int64_t>& shape, const std::vector<int64_t>& strides,
                 const std::string& of = storage()) {
  return call(global("torch._utils", "_rebuild_tensor_v2"),
              {of, integer(offset), integers(shape), integers(strides), "\x89", "}"});
}

std::string legacy(const std::string& object, const std::string& keys = list({text("0")}),
                   const std::string& data = raw(int64_t{24}) + floats(24)) {
  const std::string magic = "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
  return pickled(magic) + pickled(integer(1001)) + pickled(dict({text("little_endian"), "\x88"})) +
         pickled(object) + pickled(keys) + data;
}

std::string error(const std::string& file) {
  return error_text([&] { read_torch(borrow(file)); });
}

void expect_error(const std::string& object, const std::string& part) {
  const std::string text = error(zip(entries(object)));
  EXPECT_NE(text.find(part), std::string::npos) << "expected: " << part << "\ngot: " << text;
  EXPECT_TRUE(text.starts_with("x.pt: ")) << text;
}

// The elements, row-major, without gaps.
void append_dense(const TensorInfo& t, int axis, const std::byte* data, std::string& out) {
  if (t.shape.size() == 0) return;
  const auto size = static_cast<int64_t>(size_of(t.dtype));
  if (t.strides.empty() || axis == t.shape.rank()) {
    const size_t bytes = t.strides.empty() ? t.data.size() : static_cast<size_t>(size);
    out.append(reinterpret_cast<const char*>(data), bytes);
    return;
  }
  for (int64_t i = 0; i < t.shape[axis]; ++i) {
    append_dense(t, axis + 1, data + i * t.strides[static_cast<size_t>(axis)] * size, out);
  }
}

std::string dense(const TensorInfo& t) {
  std::string out;
  append_dense(t, 0, t.data.data(), out);
  return out;
}

void expect_same(const TensorFile& got, const TensorFile& want) {
  EXPECT_EQ(got.tensors().size(), want.tensors().size());
  for (const auto& [name, tensor] : want.tensors()) {
    ASSERT_TRUE(got.contains(name)) << name;
    EXPECT_EQ(got.at(name).dtype, tensor.dtype) << name;
    EXPECT_EQ(got.at(name).shape, tensor.shape) << name;
    EXPECT_EQ(dense(got.at(name)), dense(tensor)) << name;
    if (to_string(tensor.dtype).find('F') == std::string_view::npos) continue;
    EXPECT_EQ(got.f32(name), want.f32(name)) << name;
  }
}

TEST(Torch, FilesOfPyTorch) {
  int files = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(kFolder)) {
    const fs::path expected = fs::path(entry.path()).replace_extension("expected.safetensors");
    if (entry.path().extension() != ".pt" || !fs::exists(expected)) continue;
    SCOPED_TRACE(entry.path().string());
    const FileBytes file = FileBytes::map(entry.path());
    expect_same(read_torch(file), read_safetensors(expected));
    ++files;
  }
  EXPECT_GE(files, 11);
}

TEST(Torch, FilesOfPyTorchThatAreRefused) {
  int files = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(kFolder)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("refuse_")) continue;
    EXPECT_NE(error(read_file(entry.path())), "no error") << name;
    ++files;
  }
  EXPECT_GE(files, 9);
}

TEST(Torch, ComplexTensorsAreReadButAreNoFloats) {
  const TensorFile file = read_torch(FileBytes::map(kFolder / "complex.pt"));
  EXPECT_EQ(file.at("x").dtype, FileDType::complex64);
  EXPECT_THROW(file.f32("x"), Error);
}

TEST(Torch, NamesValuesAndMetadata) {
  const std::string parameter =
      call(global("torch._utils", "_rebuild_parameter"), {view(0, {2}, {1}), "\x88", "}"});
  const std::string ordered = global("collections", "OrderedDict") + ")R" + text("w") +
                              view(2, {2, 2}, {1, 2}) + "s" +
                              dict({text("_metadata"), dict({text(""), integer(7)})}) + "b";
  const std::string of_python2 =
      call(global("collections", "OrderedDict"), {list({list({text("k"), view(1, {}, {})})})});
  const std::string args = global("argparse", "Namespace") + ")\x81" +
                           dict({text("lr"), "G\x3f\xb9\x99\x99\x99\x99\x99\x9a"}) + "b";
  const std::string file = zip(
      entries(dict({text("model"),  ordered,
                    text("list"),   list({parameter, "N", "\x88"}),
                    integer(5),     view(3, {1}, {9}),
                    text("old"),    of_python2,
                    text("args"),   args,
                    text("dtype"),  global("torch", "float16"),
                    text("device"), call(global("torch", "device"), {text("cuda"), integer(1)}),
                    text("path"),   call(global("pathlib", "PosixPath"), {text("/"), text("a"), text("b")}),
                    text("long"),   text(std::string(2000, 'x')),
                    text("bytes"),  "C\1b"})));
  const TensorFile read = read_torch(borrow(file));
  EXPECT_EQ(read.format(), "torch zip");
  EXPECT_EQ(read.tensors().size(), 4u);
  EXPECT_EQ(read.f32("model.w"), (std::vector<float>{2, 4, 3, 5}));
  EXPECT_EQ(read.f32("list.0"), (std::vector<float>{0, 1}));
  EXPECT_EQ(read.f32("5"), std::vector<float>{3});
  EXPECT_EQ(read.f32("old.k"), std::vector<float>{1});
  EXPECT_EQ(read.at("old.k").shape, Shape{});
  const MetadataMap want = {{"list.1", "None"},
                            {"list.2", "True"},
                            {"args.lr", "0.1"},
                            {"dtype", "torch.float16"},
                            {"device", "cuda:1"},
                            {"path", "/a/b"},
                            {"long", std::string(1000, 'x') + "... (2000 bytes)"}};
  EXPECT_EQ(read.metadata(), want);
}

TEST(Torch, NumbersOfNumPy) {
  const std::string dtype = call(global("numpy", "dtype"), {text("f8"), "\x89", "\x88"}) +
                            tuple({integer(3), text("<"), "N"}) + "b";
  const std::string bytes =
      call(global("_codecs", "encode"), {text("\0\0\0\0\0\0\u00f8\x3f"s), text("latin1")});
  const std::string number = call(global("numpy.core.multiarray", "scalar"), {dtype, bytes});
  EXPECT_EQ(read_torch(borrow(zip(entries(dict({text("n"), number}))))).metadata(),
            (MetadataMap{{"n", "1.5"}}));
}

TEST(Torch, ATensorAlone) {
  const std::string file = zip(entries(view(1, {2}, {1})));
  EXPECT_EQ(read_torch(borrow(file)).f32("tensor"), (std::vector<float>{1, 2}));
}

TEST(Torch, DataStayInTheFile) {
  const std::string object = dict({text("a"), view(4, {2, 3}, {1, 2}), text("b"), view(8, {3}, {1})});
  for (const std::string& file : {zip(entries(object)), legacy(object)}) {
    const TensorFile read = read_torch(borrow(file));
    const auto* begin = reinterpret_cast<const std::byte*>(file.data());
    const auto *a = read.at("a").data.data(), *b = read.at("b").data.data();
    EXPECT_GE(a, begin);
    EXPECT_LE(b + read.at("b").data.size(), begin + file.size());
    EXPECT_EQ(b - a, 16) << "views of one storage";
    EXPECT_EQ(read.at("a").strides, (std::vector<int64_t>{1, 2}));
    EXPECT_TRUE(read.at("b").strides.empty());
    EXPECT_EQ(read.f32("a"), (std::vector<float>{4, 6, 8, 5, 7, 9}));
  }
}

TEST(Torch, DeflatedArchivesAreUnpacked) {
  const std::string file = zip(entries(dict({text("a"), view(4, {2}, {1})})), true);
  TensorFile first = read_torch(borrow(file));
  EXPECT_EQ(TensorFile(std::move(first)).f32("a"), (std::vector<float>{4, 5}));
}

TEST(Torch, TorchScriptIsItsAttributes) {
  const std::string object =
      global("__torch__.torch.nn", "Linear") + ")\x81" +
      dict({text("weight"), view(0, {2}, {1}), text("training"), "\x89", text("sizes"),
            call(global("torch.jit._pickle", "build_intlist"), {list({integer(3)})})}) +
      "b";
  Entries with = entries(dict({text("visual"), object}));
  EXPECT_NE(error(zip(with)).find("global `__torch__.torch.nn.Linear`"), std::string::npos)
      << error(zip(with));
  with.emplace_back("any/constants.pkl", pickled(")"));
  const std::string file = zip(with);
  const TensorFile read = read_torch(borrow(file));
  EXPECT_EQ(read.format(), "torchscript");
  EXPECT_EQ(read.f32("visual.weight"), (std::vector<float>{0, 1}));
  EXPECT_EQ(read.metadata(), (MetadataMap{{"visual.training", "False"}, {"visual.sizes.0", "3"}}));
}

TEST(Torch, LegacyViewsOfStorages) {
  const std::string of = tuple({text("storage"), global("torch", "FloatStorage"), text("0"), text("cpu"),
                                integer(24), tuple({text("9"), integer(10), integer(4)})}) +
                         "Q";
  EXPECT_EQ(read_torch(borrow(legacy(view(1, {3}, {1}, of)))).f32("tensor"),
            (std::vector<float>{11, 12, 13}));
  EXPECT_NE(error(legacy(view(1, {4}, {1}, of))), "no error");
}

TEST(Torch, RefusedGlobals) {
  expect_error(global("os", "system"), "global `os.system`");
  expect_error(global("builtins", "eval"), "nothing in a checkpoint is ever run");
  expect_error(global("torch.nn.modules.linear", "Linear"), "save its state_dict() instead");
  expect_error(global("torch._utils", "_rebuild_sparse_tensor"), "save plain ones: x.to_dense()");
  expect_error(global("torch", "load"), "global `torch.load`");
  expect_error(global("torch", "Storage"), "global `torch.Storage`");
  expect_error(global("torch", ""), "global `torch.`");
}

TEST(Torch, ViewsThatLeaveTheirStorage) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(error(zip(entries(view(20, {4}, {1})))), "no error");
  expect_error(view(21, {4}, {1}),
               "expected elements within a storage of 24, got shape [4], strides [1], offset 21");
  expect_error(view(kMax, {4}, {1}), "elements within a storage");
  expect_error(view(0, {4}, {8}), "elements within a storage");
  expect_error(view(0, {3}, {kMax}), "elements within a storage");
  expect_error(view(0, {2, 2}, {kMax, kMax}), "elements within a storage");
  expect_error(view(-1, {4}, {1}), "offset: expected an integer of at least 0, got -1");
  expect_error(view(0, {4}, {-1}), "stride: expected an integer of at least 0, got -1");
  expect_error(view(0, {-4}, {1}), "size: expected an integer of at least 0, got -4");
  expect_error(view(0, {4}, {1, 1}), "stride: expected 1 numbers, got 2");
  expect_error(view(0, {kMax, kMax}, {0, 0}), "shape: expected a size that fits memory");
  expect_error(view(0, {int64_t{1} << 40}, {0}), "expected at most 16777216 elements");
  expect_error(view(0, std::vector<int64_t>(9, 1), std::vector<int64_t>(9, 1)), "rank of at most 8");
  EXPECT_EQ(error(zip(entries(view(0, {1, 4}, {kMax, 1})))), "no error");
  EXPECT_EQ(error(zip(entries(view(0, {3, 4}, {0, 1})))), "no error");
  EXPECT_EQ(error(zip(entries(view(kMax, {0, 4}, {kMax, kMax})))), "no error");
}

TEST(Torch, StridesOfOneElementSayNothing) {
  const std::string file = zip(entries(view(0, {1, 2, 2}, {std::numeric_limits<int64_t>::max(), 1, 2})));
  const TensorFile read = read_torch(borrow(file));
  EXPECT_EQ(read.at("tensor").strides, (std::vector<int64_t>{0, 1, 2}));
  EXPECT_EQ(read.f32("tensor"), (std::vector<float>{0, 2, 1, 3}));
}

TEST(Torch, StoragesThatLie) {
  const auto of = [](const std::string& s) { return view(0, {1}, {1}, s); };
  expect_error(of(storage("0", 25)), "storage 0: expected 25 elements from 0 on, got 24");
  expect_error(of(storage("0", std::numeric_limits<int64_t>::max())), "got 24 in all");
  expect_error(of(storage("0", 24, "DoubleStorage")), "got 12 in all");
  expect_error(of(storage("0", -1)), "no number of elements");
  expect_error(of(storage("1")), "expected an entry any/data/1, got none");
  expect_error(of(storage("0", 24, "float32")), "another class");
  expect_error(of(storage("0", 96, "UntypedStorage")), "got untyped bytes");
  expect_error(of("N"), "expected a storage");
  expect_error(of("NQ"), "expected a storage");
  expect_error(of(integer(1) + "Q"), "expected a storage");
  expect_error(call(global("torch._utils", "_rebuild_tensor_v2"), {storage()}), "at least 4 arguments");
  EXPECT_NE(error(legacy(view(0, {1}, {1}), list({}))).find("expected storage `0`"), std::string::npos);
  EXPECT_NE(error(legacy("N")).find("got `0`"), std::string::npos);
  for (const int64_t n : {int64_t{25}, int64_t{1} << 62, int64_t{-1}}) {
    EXPECT_NE(
        error(legacy(view(0, {1}, {1}), list({text("0")}), raw(n) + floats(24))).find("is the file whole?"),
        std::string::npos);
  }
}

TEST(Torch, FlaggedViewsAreRefused) {
  const auto flagged = [](const std::string& name) {
    return call(
        global("torch._utils", "_rebuild_tensor_v2"),
        {storage(), integer(0), integers({1}), integers({1}), "\x89", "}", dict({text(name), "\x88"})});
  };
  expect_error(flagged("neg"), "save x.resolve_neg()");
  EXPECT_EQ(error(zip(entries(flagged("other")))), "no error");
  const std::string many = dict(std::vector<std::string>(100, text("x")));
  expect_error(call(global("torch._utils", "_rebuild_tensor_v2"),
                    {storage(), integer(0), integers({1}), integers({1}), "\x89", "}", many}),
               "expected at most 16 flags");
}

TEST(Torch, TreesThatAreNone) {
  const std::string w = view(0, {1}, {1});
  expect_error("]q\0h\0a"s, "a container that holds itself");
  expect_error(std::string(10'000, ']') + std::string(9999, 'a'), "expected at most 200 levels");
  expect_error(dict({text("a.b"), w, text("a"), dict({text("b"), w})}),
               "a.b: expected one tensor of this name");
  expect_error(dict({text(std::string(2000, 'n')), w}), "names of at most 1000 bytes");
  std::string laughs = list({"N", "N"});
  for (int i = 0; i < 40; ++i) laughs = list({laughs + "q\1", "h\1"});
  expect_error(laughs, "expected at most 4194304 entries");
}

TEST(Torch, OtherFiles) {
  EXPECT_NE(error(std::string(257, 'x') + "ustar").find("a tar archive"), std::string::npos);
  EXPECT_NE(error("").find("expected a file of torch.save"), std::string::npos);
  EXPECT_NE(error(pickled(dict({}))).find("expected the magic number"), std::string::npos);
  EXPECT_NE(error(pickled(global("numpy", "dtype"))).find("names `numpy.dtype`"), std::string::npos);
  EXPECT_NE(error(zip({{"a.npy", "x"}})).find("data.pkl, got none"), std::string::npos);
}

void touch(const std::string& bytes) {
  try {
    const TensorFile file = read_torch(borrow(bytes));
    for (const auto& entry : file.tensors()) {
      if (entry.second.shape.size() < 100'000) dense(entry.second);
    }
  } catch (const Error&) {
  }
}

std::vector<std::string> small_files() {
  return {read_file(kFolder / "nested.pt"), read_file(kFolder / "legacy_nested.pt"),
          read_file(kFolder / "legacy_nested_protocol4.pt"), read_file(kFolder / "legacy_cuda.pt"),
          zip(entries(dict({text("a"), view(4, {2, 3}, {1, 2})})), true)};
}

TEST(Torch, EveryTruncationIsAnError) {
  for (const std::string& whole : small_files()) {
    for (size_t size = 0; size < whole.size(); ++size)
      EXPECT_NE(error(whole.substr(0, size)), "no error") << size;
  }
}

TEST(Torch, EveryMutationIsReadOrRefused) {
  std::mt19937 random(1);
  for (const std::string& whole : small_files()) {
    for (int i = 0; i < 4000; ++i) {
      std::string bytes = whole;
      for (int n = 0; n <= i % 3; ++n) bytes[random() % bytes.size()] = static_cast<char>(random());
      touch(bytes);  // throws nothing but Error
    }
  }
}

}  // namespace
}  // namespace ax
