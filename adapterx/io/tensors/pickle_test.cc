#include "adapterx/io/tensors/pickle_test.h"

#include <gtest/gtest.h>

#include <random>

#include "adapterx/base/error_text_test.h"
#include "adapterx/io/tensors/pickle.h"

namespace ax::pickle {
namespace {

using namespace std::string_literals;

Document read_text(const std::string& bytes) {
  return read("x", std::as_bytes(std::span(bytes)), [](std::string_view name) {
    if (name.starts_with("os.")) fail("refused {}", name);
  });
}

// The value and all within it, in Python's notation.
std::string show(const Document& d, Ref ref) {
  const Value& v = d[ref];
  std::string items;
  for (size_t i = 0; i < v.items.size(); ++i) {
    const bool value = i % 2 != 0 && (v.kind == Kind::dict || v.kind == Kind::object);
    items += (i == 0 ? "" : value ? ": " : ", ") + show(d, v.items[i]);
  }
  switch (v.kind) {
    case Kind::none:
      return "None";
    case Kind::boolean:
      return v.integer ? "True" : "False";
    case Kind::integer:
      return std::to_string(v.integer);
    case Kind::big_integer:
      return fmt::format("long of {}", v.text.size());
    case Kind::real:
      return fmt::format("{}", v.real);
    case Kind::text:
      return fmt::format("'{}'", v.text);
    case Kind::bytes:
      return fmt::format("b'{}'", v.text);
    case Kind::global:
      return std::string(v.text);
    case Kind::tuple:
      return "(" + items + ")";
    case Kind::list:
      return "[" + items + "]";
    case Kind::set:
    case Kind::dict:
      return "{" + items + "}";
    case Kind::persistent:
      return "<" + items + ">";
    case Kind::object:
      return show(d, v.callable) + show(d, v.args) + "{" + items + "}" + (v.state ? show(d, v.state) : "");
  }
  return "?";
}

std::string shown(const std::string& bytes) {
  const Document d = read_text(bytes);
  return show(d, d.root());
}

std::string error(const std::string& bytes) {
  return error_text([&] { read_text(bytes); });
}

std::string from_hex(std::string_view digits) {
  std::string bytes;
  for (size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

// pickle.dumps(x, protocol) of CPython 3.11, where x is
// {"a": [1, -2, 300, 70000, 2**40, -2**63, 1.5], "b": (None, True, False, b"xy"), "c": {7}, 3: "\u00e4", ():
// {}}
constexpr std::string_view kProtocol1 =
    "7d71002858010000006171015d7102284b014afeffffff4d2c014a701101004c313039393531313632373737364c0a4c2d393232"
    "3333"
    "37323033363835343737353830384c0a473ff8000000000000655801000000627103284e4930310a4930300a635f636f64656373"
    "0a65"
    "6e636f64650a71042858020000007879710558060000006c6174696e317106747107527108747109580100000063710a635f5f62"
    "7569"
    "6c74696e5f5f0a7365740a710b285d710c4b076174710d52710e4b035802000000c3a4710f297d7110752e";
constexpr std::string_view kProtocol2 =
    "80027d71002858010000006171015d7102284b014afeffffff4d2c014a701101008a060000000000018a08000000000000008047"
    "3ff8"
    "000000000000655801000000627103284e8889635f636f646563730a656e636f64650a71045802000000787971055806000000"
    "6c6174696e317106867107527108747109580100000063710a635f5f6275696c74696e5f5f0a7365740a710b5d710c4b07618571"
    "0d52"
    "710e4b035802000000c3a4710f297d7110752e";
constexpr std::string_view kProtocol3 =
    "80037d71002858010000006171015d7102284b014afeffffff4d2c014a701101008a060000000000018a08000000000000008047"
    "3ff8"
    "000000000000655801000000627103284e88894302787971047471055801000000637106636275696c74696e730a7365740a7107"
    "5d71"
    "084b076185710952710a4b035802000000c3a4710b297d710c752e";
constexpr std::string_view kProtocol5 =
    "8005955a000000000000007d94288c0161945d94284b014afeffffff4d2c014a701101008a060000000000018a08000000000000"
    "0080"
    "473ff8000000000000658c016294284e8889430278799474948c0163948f94284b07904b038c02c3a494297d94752e";

TEST(Pickle, ReadsWhatPythonWrites) {
  const std::string head =
      "{'a': [1, -2, 300, 70000, 1099511627776, -9223372036854775808, 1.5], 'b': (None, True, False, ";
  const std::string tail = ", 3: '\u00e4', (): {}}";
  const std::string encoded = "_codecs.encode('xy', 'latin1'){}), 'c': __builtin__.set([7]){}";
  EXPECT_EQ(shown(from_hex(kProtocol1)), head + encoded + tail);
  EXPECT_EQ(shown(from_hex(kProtocol2)), head + encoded + tail);
  EXPECT_EQ(shown(from_hex(kProtocol3)), head + "b'xy'), 'c': builtins.set([7]){}" + tail);
  EXPECT_EQ(shown(from_hex(kProtocol5)), head + "b'xy'), 'c': {7}" + tail);
}

TEST(Pickle, ObjectsAreInert) {
  EXPECT_EQ(shown(write::pickled("cargparse\nNamespace\n)\x81}X\1\0\0\0aK\1sb"s)),
            "argparse.Namespace(){}{'a': 1}");
  EXPECT_EQ(shown("\x80\x04\x8c\1m\x8c\1n\x93)}\x92."s), "m.n(){}");
  EXPECT_EQ(shown(write::pickled("cm\nn\n)RK\1K\2s")), "m.n(){1: 2}");
  EXPECT_EQ(shown(write::pickled("K\5Q")), "<5>");
  EXPECT_EQ(shown(write::pickled("\x8a\x0a" + std::string(10, 'x'))), "long of 10");
  EXPECT_EQ(shown(write::pickled("\x8a\x00"s)), "0");
  EXPECT_EQ(shown("\x80\x02K\1K\2"
                  "0."s),
            "1");
  EXPECT_EQ(shown("(K\1K\2l2\x86."s), "([1, 2], [1, 2])");
}

TEST(Pickle, GlobalsAreCheckedBeforeAnythingElse) {
  EXPECT_EQ(error(write::pickled(write::global("os", "system"))), "refused os.system");
  EXPECT_EQ(error("\x80\x04\x8c\2os\x8c\6system\x93."s), "refused os.system");
}

TEST(Pickle, SaysWhereItEnds) {
  const std::string first = write::pickled(write::text("abc"));
  EXPECT_EQ(read_text(first + "rest").bytes(), first.size());
}

TEST(Pickle, SharedAndSelfReferentialContainers) {
  const Document d = read_text("\x80\x02]q\0h\0a."s);
  ASSERT_EQ(d[d.root()].items.size(), 1u);
  EXPECT_EQ(d[d.root()].items[0], d.root());
}

TEST(Pickle, DeepNestingIsNoRecursion) {
  const std::string deep = std::string(1'000'000, ']') + std::string(999'999, 'a') + ".";
  EXPECT_EQ(read_text(deep).size(), 1'000'004u);
}

TEST(Pickle, EveryTruncationIsAnError) {
  for (const std::string_view hex : {kProtocol1, kProtocol2, kProtocol3, kProtocol5}) {
    const std::string whole = from_hex(hex);
    for (size_t size = 0; size < whole.size(); ++size) {
      EXPECT_NE(error(whole.substr(0, size)), "no error") << size;
    }
  }
}

TEST(Pickle, EveryMutationIsReadOrRefused) {
  std::mt19937 random(1);
  for (const std::string_view hex : {kProtocol1, kProtocol2, kProtocol3, kProtocol5}) {
    const std::string whole = from_hex(hex);
    for (int i = 0; i < 5000; ++i) {
      std::string bytes = whole;
      for (int n = 0; n <= i % 3; ++n) bytes[random() % bytes.size()] = static_cast<char>(random());
      error(bytes);  // throws nothing but Error
    }
  }
}

void expect_error(const std::string& bytes, const std::string& part) {
  EXPECT_NE(error(bytes).find(part), std::string::npos) << "expected: " << part << "\ngot: " << error(bytes);
}

TEST(Pickle, WrongPickles) {
  expect_error("", "x: byte 0: expected 1 more bytes, got 0");
  expect_error("\x80\x02", "byte 2: expected 1 more bytes");
  expect_error("\x80\x06.", "expected protocol 5 or below, got 6");
  expect_error("P1\n.", "expected an opcode that pickled tensors have, got 0x50");
  expect_error(".", "expected a value on the stack, got none");
  expect_error("(.", "expected a value on the stack, got none");
  expect_error("K\1(0.", "expected a value on the stack, got none");  // below the mark
  expect_error("K\1t.", "expected a mark on the stack, got none");
  expect_error("h\1.", "expected a value in memo 1, got none");
  expect_error("K\1K\2a.", "expected a list to add to, got int");
  expect_error("}(K\1u.", "expected pairs of key and value, got 1 items");
  expect_error("(K\1d.", "expected pairs of key and value, got 1 items");
  expect_error("K\1)R.", "expected a call of a global with a tuple, got int with tuple");
  expect_error("cm\nn\n]R.", "got class with list");
  expect_error("cm\nn\n)}K\1K\2s\x92.", "expected no named arguments");
  expect_error("]}b.", "expected an object that has a state, got list");
  expect_error("K\1K\2\x93.", "expected the name of a global, got int");
  expect_error(write::joined({"c", std::string(2000, 'm'), "\nn\n."}),
               "expected a line of at most 1000 bytes");
  expect_error("I12x\n.", "expected a number, got `12x`");
  expect_error("L99999999999999999999L\n.", "expected a number");
  expect_error("X\xff\xff\xff\xffx", "expected 4294967295 more bytes, got 1");
  expect_error("\x8e\xff\xff\xff\xff\xff\xff\xff\xffx", "expected 18446744073709551615 more bytes, got 1");
  expect_error("\x8b\xff\xff\xff\xffx", "expected 4294967295 more bytes");
}

TEST(Pickle, Limits) {
  expect_error(std::string(kMaxValues + 1, ']'), "expected at most 4194304 values");
  expect_error(std::string(kMaxValues + 1, 'N'), "expected a stack of at most 4194304 values");
  expect_error(std::string(kMaxValues + 1, '('), "expected at most 4194304 marks");
  expect_error(write::joined({"T", write::raw(uint32_t{kMaxBytes}), std::string(kMaxBytes + 1, 'x')}),
               "above 64 MB");
}

}  // namespace
}  // namespace ax::pickle
