// A reader of Python's pickle format (protocols 1 to 5; PEP 307, 3154, 574 and CPython's Lib/pickletools.py)
// that gives a tree of values and never calls anything: a call in the pickle becomes an object that says what
// would have been called, with what.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ax::pickle {

// A value's place in its document. As in Python, values can be shared and containers can hold themselves.
using Ref = uint32_t;
constexpr Ref kNone = 0, kTrue = 1, kFalse = 2, kEmptyTuple = 3;  // in every document

enum class Kind : uint8_t {
  none,
  boolean,      // integer
  integer,      // integer
  big_integer,  // text: two's complement, little-endian, more than 8 bytes
  real,         // real
  text,         // text
  bytes,        // text
  global,       // text: "module.name"
  tuple,        // items
  list,         // items
  set,          // items
  dict,         // items: key, value, key, value ...
  object,       // callable(*args), then items set as in a dict, and state
  persistent    // items: the one id, a reference to data outside of the pickle
};
std::string_view to_string(Kind kind);

struct Value {
  Kind kind = Kind::none;
  Ref callable = kNone, args = kNone, state = kNone;
  int64_t integer = 0;
  double real = 0;
  std::string_view text = {};
  std::vector<Ref> items = {};
};

// Texts are views of the pickle's bytes, which must stay. Moves, but does not copy.
class Document {
 public:
  Document();
  Document(Document&&) = default;
  Document& operator=(Document&&) = default;

  const Value& operator[](Ref ref) const { return values_[ref]; }
  Ref root() const { return root_; }
  Ref size() const { return static_cast<Ref>(values_.size()); }
  size_t bytes() const { return bytes_; }  // of the pickle, up to and with its STOP

 private:
  friend class Machine;
  std::deque<Value> values_;
  std::set<std::string, std::less<>> globals_;
  Ref root_ = kNone;
  size_t bytes_ = 0;
};

// Called with each global, "module.name", when it is first named; throws to refuse it.
using CheckGlobal = std::function<void(std::string_view name)>;

constexpr size_t kMaxBytes = size_t{64} << 20;  // of one pickle, where the caller does not say otherwise
constexpr size_t kMaxValues = size_t{4} << 20;  // in it

// Reads the pickle at the start of `bytes`; more may follow it. Throws Error starting with `where` and the
// byte where the pickle is cut off, is no pickle, uses an opcode that files of PyTorch and NumPy do not have,
// or is larger than the limits.
Document read(const std::string& where, std::span<const std::byte> bytes, const CheckGlobal& check,
              size_t max_bytes = kMaxBytes);

}  // namespace ax::pickle
