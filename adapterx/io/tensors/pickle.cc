#include "adapterx/io/tensors/pickle.h"

#include <array>
#include <utility>

#include "adapterx/io/tensors/pickle_machine.h"

namespace ax::pickle {
namespace {

constexpr uint8_t kStop = '.';

void push_int_line(Machine& m) {
  const std::string_view digits = m.line();
  if (digits == "00" || digits == "01") return m.push(digits == "01" ? kTrue : kFalse);
  m.push_integer(m.decimal<int64_t>(digits));
}

void push_long_line(Machine& m) {
  std::string_view digits = m.line();
  if (digits.ends_with('L')) digits.remove_suffix(1);
  m.push_integer(m.decimal<int64_t>(digits));
}

void push_global_lines(Machine& m) {
  const std::string_view module = m.line(), name = m.line();
  m.push_global(module, name);
}

void push_call_with_names(Machine& m) {
  const Value& names = m.value(m.pop());
  if (names.kind != Kind::dict || !names.items.empty()) m.error("expected no named arguments, got some");
  m.push_call();
}

void protocol(Machine& m) {
  if (const auto n = m.little_endian<uint8_t>(); n > 5) m.error("expected protocol 5 or below, got {}", n);
}

using Run = void (*)(Machine&);

struct Opcode {
  uint8_t code;
  Run run;
};

// By the names of pickletools. Left out, as no file of PyTorch or NumPy has them: what protocol 0 does
// otherwise (STRING, UNICODE, INST, OBJ, PERSID), the extension registry, buffers out of band.
constexpr auto kOpcodes = std::to_array<Opcode>({
    {0x80, protocol},                                                                              // PROTO
    {0x95, [](Machine& m) { m.little_endian<uint64_t>(); }},                                       // FRAME
    {'N', [](Machine& m) { m.push(kNone); }},                                                      // NONE
    {0x88, [](Machine& m) { m.push(kTrue); }},                                                     // NEWTRUE
    {0x89, [](Machine& m) { m.push(kFalse); }},                                                    // NEWFALSE
    {'K', [](Machine& m) { m.push_integer(m.little_endian<uint8_t>()); }},                         // BININT1
    {'M', [](Machine& m) { m.push_integer(m.little_endian<uint16_t>()); }},                        // BININT2
    {'J', [](Machine& m) { m.push_integer(static_cast<int32_t>(m.little_endian<uint32_t>())); }},  // BININT
    {'I', push_int_line},                                                                          // INT
    {'L', push_long_line},                                                                         // LONG
    {0x8a, [](Machine& m) { m.push_long(m.little_endian<uint8_t>()); }},                           // LONG1
    {0x8b, [](Machine& m) { m.push_long(m.little_endian<uint32_t>()); }},                          // LONG4
    {'F', [](Machine& m) { m.push({.kind = Kind::real, .real = m.decimal<double>(m.line())}); }},  // FLOAT
    {'G', [](Machine& m) { m.push_float(); }},                                                     // BINFLOAT
    {'U', [](Machine& m) { m.push_text(Kind::text, m.little_endian<uint8_t>()); }},     // SHORT_BINSTRING
    {'T', [](Machine& m) { m.push_text(Kind::text, m.little_endian<uint32_t>()); }},    // BINSTRING
    {0x8c, [](Machine& m) { m.push_text(Kind::text, m.little_endian<uint8_t>()); }},    // SHORT_BINUNICODE
    {'X', [](Machine& m) { m.push_text(Kind::text, m.little_endian<uint32_t>()); }},    // BINUNICODE
    {0x8d, [](Machine& m) { m.push_text(Kind::text, m.little_endian<uint64_t>()); }},   // BINUNICODE8
    {'C', [](Machine& m) { m.push_text(Kind::bytes, m.little_endian<uint8_t>()); }},    // SHORT_BINBYTES
    {'B', [](Machine& m) { m.push_text(Kind::bytes, m.little_endian<uint32_t>()); }},   // BINBYTES
    {0x8e, [](Machine& m) { m.push_text(Kind::bytes, m.little_endian<uint64_t>()); }},  // BINBYTES8
    {0x96, [](Machine& m) { m.push_text(Kind::bytes, m.little_endian<uint64_t>()); }},  // BYTEARRAY8
    {')', [](Machine& m) { m.push_items(Kind::tuple, {}); }},                           // EMPTY_TUPLE
    {0x85, [](Machine& m) { m.push_items(Kind::tuple, m.pop(1)); }},                    // TUPLE1
    {0x86, [](Machine& m) { m.push_items(Kind::tuple, m.pop(2)); }},                    // TUPLE2
    {0x87, [](Machine& m) { m.push_items(Kind::tuple, m.pop(3)); }},                    // TUPLE3
    {'t', [](Machine& m) { m.push_items(Kind::tuple, m.pop_mark()); }},                 // TUPLE
    {']', [](Machine& m) { m.push_items(Kind::list, {}); }},                            // EMPTY_LIST
    {'l', [](Machine& m) { m.push_items(Kind::list, m.pop_mark()); }},                  // LIST
    {'a', [](Machine& m) { m.add({Kind::list}, m.pop(1)); }},                           // APPEND
    {'e', [](Machine& m) { m.add({Kind::list}, m.pop_mark()); }},                       // APPENDS
    {'}', [](Machine& m) { m.push_items(Kind::dict, {}); }},                            // EMPTY_DICT
    {'d', [](Machine& m) { m.push_items(Kind::dict, m.pop_mark()); }},                  // DICT
    {'s', [](Machine& m) { m.add({Kind::dict, Kind::object}, m.pop(2)); }},             // SETITEM
    {'u', [](Machine& m) { m.add({Kind::dict, Kind::object}, m.pop_mark()); }},         // SETITEMS
    {0x8f, [](Machine& m) { m.push_items(Kind::set, {}); }},                            // EMPTY_SET
    {0x90, [](Machine& m) { m.add({Kind::set}, m.pop_mark()); }},                       // ADDITEMS
    {0x91, [](Machine& m) { m.push_items(Kind::set, m.pop_mark()); }},                  // FROZENSET
    {'(', [](Machine& m) { m.mark(); }},                                                // MARK
    {'0', [](Machine& m) { m.pop(); }},                                                 // POP
    {'1', [](Machine& m) { m.pop_mark(); }},                                            // POP_MARK
    {'2', [](Machine& m) { m.push(m.top()); }},                                         // DUP
    {'g', [](Machine& m) { m.get(m.decimal<uint32_t>(m.line())); }},                    // GET
    {'h', [](Machine& m) { m.get(m.little_endian<uint8_t>()); }},                       // BINGET
    {'j', [](Machine& m) { m.get(m.little_endian<uint32_t>()); }},                      // LONG_BINGET
    {'p', [](Machine& m) { m.put(m.decimal<uint32_t>(m.line())); }},                    // PUT
    {'q', [](Machine& m) { m.put(m.little_endian<uint8_t>()); }},                       // BINPUT
    {'r', [](Machine& m) { m.put(m.little_endian<uint32_t>()); }},                      // LONG_BINPUT
    {0x94, [](Machine& m) { m.put_next(); }},                                           // MEMOIZE
    {'c', push_global_lines},                                                           // GLOBAL
    {0x93, [](Machine& m) { m.push_named_global(); }},                                  // STACK_GLOBAL
    {'R', [](Machine& m) { m.push_call(); }},                                           // REDUCE
    {0x81, [](Machine& m) { m.push_call(); }},                                          // NEWOBJ
    {0x92, push_call_with_names},                                                       // NEWOBJ_EX
    {'b', [](Machine& m) { m.set_state(); }},                                           // BUILD
    {'Q', [](Machine& m) { m.push_items(Kind::persistent, m.pop(1)); }},                // BINPERSID
});

constexpr auto kRun = [] {
  std::array<Run, 256> table = {};
  for (const Opcode& opcode : kOpcodes) table[opcode.code] = opcode.run;
  return table;
}();

}  // namespace

std::string_view to_string(Kind kind) {
  constexpr std::array<std::string_view, 14> kNames = {"None", "bool",  "int",    "int",          "float",
                                                       "str",  "bytes", "class",  "tuple",        "list",
                                                       "set",  "dict",  "object", "persistent id"};
  return kNames[static_cast<size_t>(kind)];
}

Document::Document() {
  values_.push_back({});
  values_.push_back({.kind = Kind::boolean, .integer = 1});
  values_.push_back({.kind = Kind::boolean});
  values_.push_back({.kind = Kind::tuple});
}

Document read(const std::string& where, std::span<const std::byte> bytes, const CheckGlobal& check,
              size_t max_bytes) {
  Machine machine(where, bytes, check, max_bytes);
  for (uint8_t code = machine.opcode(); code != kStop; code = machine.opcode()) {
    if (kRun[code] == nullptr)
      machine.error("expected an opcode that pickled tensors have, got {:#04x}", code);
    kRun[code](machine);
  }
  return machine.finish();
}

}  // namespace ax::pickle
