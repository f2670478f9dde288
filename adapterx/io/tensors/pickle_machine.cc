#include "adapterx/io/tensors/pickle_machine.h"

#include <algorithm>
#include <bit>

namespace ax::pickle {
namespace {

constexpr size_t kMaxLine = 1000;  // of text opcodes and names of globals

bool holds_pairs(Kind kind) { return kind == Kind::dict || kind == Kind::object; }

}  // namespace

Machine::Machine(const std::string& where, std::span<const std::byte> bytes, const CheckGlobal& check,
                 size_t max_bytes)
    : where_(where),
      bytes_(reinterpret_cast<const char*>(bytes.data()), std::min(bytes.size(), max_bytes)),
      cut_(bytes.size() > max_bytes),
      check_(check) {}

std::string_view Machine::take(uint64_t size) {
  if (size > bytes_.size() - next_) {
    error("expected {} more bytes, got {}{}", size, bytes_.size() - next_,
          cut_ ? fmt::format("; a pickle above {} MB is not supported", bytes_.size() >> 20)
               : "; is the file whole?");
  }
  const std::string_view part = bytes_.substr(next_, size);
  next_ += size;
  return part;
}

std::string_view Machine::line() {
  const size_t length = bytes_.substr(next_, kMaxLine + 1).find('\n');
  if (length == bytes_.npos) error("expected a line of at most {} bytes, got none", kMaxLine);
  return take(length + 1).substr(0, length);
}

void Machine::push(Ref ref) {
  if (stack_.size() >= kMaxValues) error("expected a stack of at most {} values, got more", kMaxValues);
  stack_.push_back(ref);
}

void Machine::push(Value&& value) {
  if (document_.values_.size() >= kMaxValues) error("expected at most {} values, got more", kMaxValues);
  document_.values_.push_back(std::move(value));
  push(document_.size() - 1);
}

Ref Machine::top() const {
  if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) {
    error("expected a value on the stack, got none");
  }
  return stack_.back();
}

Ref Machine::pop() {
  const Ref ref = top();
  stack_.pop_back();
  return ref;
}

std::vector<Ref> Machine::pop(size_t count) {
  std::vector<Ref> items(count);
  for (size_t i = count; i-- > 0;) items[i] = pop();
  return items;
}

void Machine::mark() {
  if (marks_.size() >= kMaxValues) error("expected at most {} marks, got more", kMaxValues);
  marks_.push_back(stack_.size());
}

std::vector<Ref> Machine::pop_mark() {
  if (marks_.empty()) error("expected a mark on the stack, got none");
  const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
  std::vector<Ref> items(first, stack_.end());
  stack_.erase(first, stack_.end());
  marks_.pop_back();
  return items;
}

void Machine::push_long(uint64_t size) {
  const std::string_view digits = take(size);
  if (size > 8) return push({.kind = Kind::big_integer, .text = digits});
  uint64_t value = size > 0 && (digits.back() & 0x80) != 0 ? ~uint64_t{0} : 0;
  std::copy_n(digits.data(), size, reinterpret_cast<char*>(&value));
  push_integer(static_cast<int64_t>(value));
}

void Machine::push_float() {
  const auto big_endian = little_endian<uint64_t>();
  push({.kind = Kind::real, .real = std::bit_cast<double>(__builtin_bswap64(big_endian))});
}

void Machine::push_items(Kind kind, std::vector<Ref> items) {
  if (kind == Kind::tuple && items.empty()) return push(kEmptyTuple);
  if (kind == Kind::dict && items.size() % 2 != 0) {
    error("expected pairs of key and value, got {} items", items.size());
  }
  push({.kind = kind, .items = std::move(items)});
}

void Machine::push_global(std::string_view module, std::string_view name) {
  if (module.size() > kMaxLine || name.size() > kMaxLine) {
    error("expected a global's name of at most {} bytes, got more", kMaxLine);
  }
  const auto [full, is_new] = document_.globals_.insert(fmt::format("{}.{}", module, name));
  if (is_new) check_(*full);
  push({.kind = Kind::global, .text = *full});
}

void Machine::push_named_global() {
  const Ref name = pop(), module = pop();
  push_global(text_of(module), text_of(name));
}

std::string_view Machine::text_of(Ref ref) const {
  const Value& v = value(ref);
  if (v.kind != Kind::text) error("expected the name of a global, got {}", to_string(v.kind));
  return v.text;
}

void Machine::push_call() {
  const Ref args = pop(), callable = pop();
  const Kind what = value(callable).kind, with = value(args).kind;
  if (what != Kind::global || with != Kind::tuple) {
    error("expected a call of a global with a tuple, got {} with {}", to_string(what), to_string(with));
  }
  push({.kind = Kind::object, .callable = callable, .args = args});
}

void Machine::add(std::initializer_list<Kind> kinds, const std::vector<Ref>& items) {
  Value& v = document_.values_[top()];
  if (std::ranges::find(kinds, v.kind) == kinds.end()) {
    error("expected a {} to add to, got {}", to_string(*kinds.begin()), to_string(v.kind));
  }
  if (holds_pairs(v.kind) && items.size() % 2 != 0) {
    error("expected pairs of key and value, got {} items", items.size());
  }
  v.items.insert(v.items.end(), items.begin(), items.end());
}

void Machine::set_state() {
  const Ref state = pop();
  Value& v = document_.values_[top()];
  if (v.kind != Kind::object) error("expected an object that has a state, got {}", to_string(v.kind));
  v.state = state;
}

void Machine::get(uint32_t key) {
  const auto found = memo_.find(key);
  if (found == memo_.end()) error("expected a value in memo {}, got none", key);
  push(found->second);
}

void Machine::put(uint32_t key) {
  if (memo_.size() >= kMaxValues) error("expected a memo of at most {} values, got more", kMaxValues);
  memo_[key] = top();
}

Document Machine::finish() {
  document_.root_ = pop();
  document_.bytes_ = next_;
  return std::move(document_);
}

}  // namespace ax::pickle
