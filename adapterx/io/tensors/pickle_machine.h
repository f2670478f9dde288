// The state of a pickle that is being read: its bytes, the stack of values with its marks, the memo. Every
// function throws Error, naming the byte of the opcode, where the pickle asks for what is not there or for
// more than the limits of pickle.h.
#pragma once

#include <charconv>
#include <cstring>
#include <initializer_list>
#include <unordered_map>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/io/tensors/pickle.h"

namespace ax::pickle {

class Machine {
 public:
  Machine(const std::string& where, std::span<const std::byte> bytes, const CheckGlobal& check,
          size_t max_bytes);

  // The bytes.
  uint8_t opcode() { return at_ = next_, little_endian<uint8_t>(); }
  std::string_view take(uint64_t size);
  std::string_view line();
  template <class Unsigned>
  Unsigned little_endian();
  template <class Number>
  Number decimal(std::string_view digits) const;

  // The stack; only what lies above the last mark can be popped.
  void push(Ref ref);
  void push(Value&& value);
  Ref top() const;
  Ref pop();
  std::vector<Ref> pop(size_t count);
  void mark();
  std::vector<Ref> pop_mark();

  // Values.
  void push_integer(int64_t value) { push({.kind = Kind::integer, .integer = value}); }
  void push_long(uint64_t size);
  void push_float();
  void push_text(Kind kind, uint64_t size) { push({.kind = kind, .text = take(size)}); }
  void push_items(Kind kind, std::vector<Ref> items);
  void push_global(std::string_view module, std::string_view name);
  void push_named_global();
  void push_call();
  void add(std::initializer_list<Kind> kinds, const std::vector<Ref>& items);  // to the container on top
  void set_state();
  const Value& value(Ref ref) const { return document_[ref]; }

  // The memo.
  void get(uint32_t key);
  void put(uint32_t key);
  void put_next() { put(static_cast<uint32_t>(memo_.size())); }

  Document finish();

  template <class... Args>
  [[noreturn]] void error(fmt::format_string<Args...> format, Args&&... args) const {
    fail("{}: byte {}: {}", where_, at_, fmt::format(format, std::forward<Args>(args)...));
  }

 private:
  std::string_view text_of(Ref ref) const;

  const std::string& where_;
  std::string_view bytes_;
  bool cut_;  // to the most there may be
  const CheckGlobal& check_;
  size_t at_ = 0, next_ = 0;  // the opcode, and the byte after what was read
  std::vector<Ref> stack_;
  std::vector<size_t> marks_;  // sizes of the stack
  std::unordered_map<uint32_t, Ref> memo_;
  Document document_;
};

template <class Unsigned>
Unsigned Machine::little_endian() {
  Unsigned value = 0;
  std::memcpy(&value, take(sizeof value).data(), sizeof value);
  return value;
}

template <class Number>
Number Machine::decimal(std::string_view digits) const {
  Number value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (result.ec != std::errc() || result.ptr != digits.data() + digits.size()) {
    error("expected a number, got `{}`", digits);
  }
  return value;
}

}  // namespace ax::pickle
