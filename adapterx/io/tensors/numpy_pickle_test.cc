#include "adapterx/io/tensors/numpy_pickle.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <numeric>

#include "adapterx/io/reader_test.h"
#include "adapterx/io/tensors/pickle_test.h"

namespace ax {
namespace {

using namespace pickle::write;
using namespace std::string_literals;

using Kind = PickledValue::Kind;
using Floats = std::vector<float>;

NumpyPickle read_seed(const std::string& name) {
  return read_numpy_pickle(
      FileBytes::map(std::filesystem::path(AX_TESTS) / ".." / "fuzz" / "corpus" / "numpy_pickle" / name));
}

Floats floats(const PickledValue& v) {
  if (v.array == nullptr) return {};
  Floats values(static_cast<size_t>(v.array->shape.size()));
  copy_f32("x", *v.array, values);
  return values;
}

std::vector<int64_t> ints(const PickledValue& v) {
  if (v.array == nullptr) return {};
  std::vector<int64_t> values(static_cast<size_t>(v.array->shape.size()));
  copy_i64("x", *v.array, values);
  return values;
}

// What make_corpus.py writes: 0, 1, 2 ... less 2, in quarters, and `more`.
Floats quarters(size_t n, float more = 0) {
  Floats values(n);
  for (size_t i = 0; i < n; ++i) values[i] = (static_cast<float>(i) - 2) / 4 + more;
  return values;
}

void expect_refused(const std::string& bytes, const std::string& part) {
  const std::string text =
      error_text([&] { read_numpy_pickle(FileBytes::borrow("x.pkl", bytes_of(bytes))); });
  expect_part(text, part);
  expect_part(text, "x.pkl");
}

TEST(NumpyPickle, ReadsListsOfPointsAndLabels) {
  for (const char* name : {"cache2.dat", "cache3.dat", "cache4.dat", "cache5.dat", "cache_numpy1.dat"}) {
    const NumpyPickle file = read_seed(name);
    ASSERT_EQ(file.root.kind, Kind::list) << name;
    ASSERT_EQ(file.root.items.size(), 2u);
    const auto &points = file.root.items[0].items, &labels = file.root.items[1].items;
    ASSERT_EQ(points.size(), 2u);
    EXPECT_EQ(points[0].array->shape, (Shape{4, 6}));
    EXPECT_EQ(floats(points[0]), quarters(24)) << name;
    EXPECT_EQ(floats(points[1]), quarters(24, 1)) << name;
    EXPECT_EQ(ints(labels[0]), std::vector<int64_t>{7}) << name;
    EXPECT_EQ(ints(labels[1]), std::vector<int64_t>{39}) << name;
  }
}

TEST(NumpyPickle, ReadsDictsOfSubsets) {
  for (const char* name : {"fewshot2.pkl", "fewshot3.pkl", "fewshot4.pkl", "fewshot5.pkl"}) {
    const NumpyPickle file = read_seed(name);
    const PickledValue *train = file.root.find("train"), *test = file.root.find("test");
    ASSERT_TRUE(train != nullptr && test != nullptr) << name;
    EXPECT_EQ(file.root.find("val"), nullptr);
    ASSERT_EQ(train->items.size(), 1u);
    ASSERT_EQ(test->items.size(), 2u);
    EXPECT_EQ(train->items[0].kind, Kind::tuple);
    EXPECT_EQ(test->items[0].items[0].array, train->items[0].items[0].array);  // one object
    EXPECT_EQ(floats(test->items[1].items[0]), quarters(24, 1));
    EXPECT_EQ(test->items[0].items[1].kind, Kind::integer);
    EXPECT_EQ(test->items[0].items[1].integer, 3);
    EXPECT_EQ(test->items[1].items[2].text, "a.txt");
  }
}

void expect_kinds(const PickledValue& root) {
  constexpr FileDType kTypes[] = {FileDType::boolean,   FileDType::i8,        FileDType::i16, FileDType::i32,
                                  FileDType::i64,       FileDType::u8,        FileDType::u16, FileDType::u32,
                                  FileDType::u64,       FileDType::f16,       FileDType::f32, FileDType::f64,
                                  FileDType::complex64, FileDType::complex128};
  ASSERT_EQ(root.items.size(), 28u);
  for (size_t i = 0; i < 14; ++i) {
    ASSERT_EQ(root.items[i].kind, Kind::array);
    EXPECT_EQ(root.items[i].array->dtype, kTypes[i]);
    EXPECT_EQ(root.items[i].array->shape, (Shape{2, 3}));
  }
  EXPECT_EQ(ints(root.items[0]), (std::vector<int64_t>{1, 0, 1, 0, 1, 0}));
  for (size_t i = 1; i < 5; ++i) EXPECT_EQ(ints(root.items[i]), (std::vector<int64_t>{-2, -1, 0, 1, 2, 3}));
  for (size_t i = 5; i < 9; ++i) EXPECT_EQ(ints(root.items[i]), (std::vector<int64_t>{0, 1, 2, 3, 4, 5}));
  for (size_t i = 9; i < 12; ++i) EXPECT_EQ(floats(root.items[i]), quarters(6));
  EXPECT_EQ(floats(root.items[14]), quarters(6));  // in Fortran order
  EXPECT_EQ(root.items[15].real, 2.5);
  EXPECT_EQ(root.items[16].real, 0.1);
  EXPECT_EQ(root.items[17].kind, Kind::boolean);
  EXPECT_EQ(root.items[17].integer, 1);
  EXPECT_EQ(root.items[18].integer, 200);
  EXPECT_EQ(floats(root.items[19]), Floats{2.5});
  EXPECT_EQ(root.items[20].array->shape, (Shape{0, 3}));
  EXPECT_EQ(root.items[21].kind, Kind::none);
  EXPECT_EQ(root.items[22].integer, -1);
  EXPECT_EQ(root.items[23].integer, int64_t{1} << 40);
  EXPECT_EQ(root.items[24].text, "\u00e4");
  EXPECT_EQ(root.items[25].kind, Kind::bytes);
  EXPECT_EQ(root.items[25].text, "ab");
  EXPECT_EQ(root.items[26].find("a")->integer, 1);
  EXPECT_EQ(root.items[27].kind, Kind::other);
}

TEST(NumpyPickle, ReadsEveryKind) {
  for (const char* name : {"kinds2.pkl", "kinds3.pkl", "kinds4.pkl", "kinds5.pkl", "kinds_numpy1.pkl"}) {
    SCOPED_TRACE(name);
    NumpyPickle file = read_seed(name);
    const NumpyPickle moved = std::move(file);
    PickledValue root = moved.root;
    ASSERT_EQ(root.items.size(), 29u);
    EXPECT_EQ(root.items[27].kind, Kind::other);  // an array of texts
    root.items.erase(root.items.begin() + 27);
    expect_kinds(root);
  }
}

const std::string kType = call(global("numpy", "dtype"), {text("f4")}) + tuple({integer(3), text("<")}) + "b";

std::string array(const std::string& state) {
  return call(global("numpy.core.multiarray", "_reconstruct"), {global("numpy", "ndarray"), integers({0})}) +
         state + "b";
}

TEST(NumpyPickle, ReadsWhatPython2Wrote) {
  const std::string data = "U\x04"s + "\0\0\x80\x3f"s;
  const std::string bytes = pickled(array(tuple({integers({1}), kType, "I00\n", data})));
  const NumpyPickle file = read_numpy_pickle(FileBytes::borrow("x", bytes_of(bytes)));
  EXPECT_EQ(floats(file.root), Floats{1});
}

TEST(NumpyPickle, NothingIsCalled) {
  expect_refused(pickled(call(global("os", "system"), {text("true")})),
                 "x.pkl: global `os.system`: expected the names that arrays need, got another; nothing");
  expect_refused(pickled(global("numpy", "load")), "global `numpy.load`");
  expect_refused(pickled(global("builtins", "eval")), "global `builtins.eval`");
}

TEST(NumpyPickle, RefusesDamage) {
  const auto state = [](const std::string& shape, const std::string& type, const std::string& data) {
    return pickled(list({"N", array(tuple({integer(1), shape, type, "I00\n", data}))}));
  };
  const std::string four = "C\x04"s + "\0\0\x80\x3f"s;
  expect_refused("", "byte 0: expected 1 more bytes, got 0; is the file whole?");
  expect_refused(state(integers({2}), kType, four), "x.pkl: [1]: expected 8 bytes for f4 [2], got 4");
  expect_refused(state(integers({-1}), kType, four),
                 "x.pkl: [1]: shape: expected no negative extent, got -1");
  expect_refused(state(integers({int64_t{1} << 40, int64_t{1} << 40}), kType, four),
                 "expected a size that fits memory");
  expect_refused(state(integer(1), kType, four), "x.pkl: [1]: expected a shape, got int");
  expect_refused(state(integers({1}), text("f4"), four), "x.pkl: [1]: expected a type of NumPy, got str");
  expect_refused(state(integers({1}), kType, integer(1)), "x.pkl: [1]: expected bytes, got int");
  expect_refused(
      state(integers({1}), kType, call(global("_codecs", "encode"), {text("\u0100"), text("latin1")})),
      "expected bytes as letters of Latin-1, got 0xc4 at 0");
  expect_refused(pickled(array("N")), "expected a tuple of more than 0 items, got None of 0");
  expect_part(error_text([] { read_seed("refuse_big_endian.pkl"); }),
              "expected little-endian data, got '>f4'");
  expect_part(error_text([] { read_seed("refuse_circle.pkl"); }),
              "expected at most 100 levels, got more, or a list that holds itself");
  expect_part(error_text([] { read_seed("refuse_trailing.pkl"); }),
              "expected 378 bytes, as the pickle has, got 379");
}

// Lists of lists, each twice in the next: 2^40 values in 300 bytes.
TEST(NumpyPickle, SharedContainersAreFollowedWithinALimit) {
  std::string value = "]q\x01";
  for (int i = 0; i < 40; ++i) value = "](" + value + "h\x01" + "eq\x01";
  expect_refused(pickled(value), "expected at most 1000000 values, got more");
}

}  // namespace
}  // namespace ax
