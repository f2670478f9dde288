#include "adapterx/io/tensors/torch_scalar.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "adapterx/io/tensors/torch_globals.h"

namespace ax::torch {
namespace {

using pickle::Document;
using pickle::Kind;
using pickle::Value;
using Text = std::optional<std::string>;

std::string cut(std::string_view text) {
  if (text.size() <= kMaxText) return std::string(text);
  size_t end = kMaxText;
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xc0) == 0x80) --end;  // not within a character
  return fmt::format("{}... ({} bytes)", text.substr(0, end), text.size());
}

Text big_integer(std::string_view little_endian) {
  if (little_endian.size() > 32 || (little_endian.back() & 0x80) != 0) return std::nullopt;
  std::string digits;
  for (const char c : little_endian) digits.insert(0, fmt::format("{:02x}", static_cast<uint8_t>(c)));
  return "0x" + digits.substr(std::min(digits.find_first_not_of('0'), digits.size() - 1));
}

// Bytes, or what protocol 2 writes in their place: _codecs.encode(text, "latin1").
Text bytes_of(const Document& document, const Value& value) {
  if (value.kind == Kind::bytes) return cut(value.text);
  if (value.kind != Kind::object || document[value.callable].text != "_codecs.encode") return std::nullopt;
  const Value& args = document[value.args];
  if (args.items.empty()) return std::nullopt;
  const std::string_view text = document[args.items[0]].text;
  std::string bytes;
  for (size_t i = 0; i < std::min(text.size(), kMaxText); ++i) {
    auto c = static_cast<uint8_t>(text[i]);
    if (c >= 0xc0 && i + 1 < text.size()) c = static_cast<uint8_t>(c << 6 | (text[++i] & 0x3f));
    bytes.push_back(static_cast<char>(c));
  }
  return bytes;
}

template <class T>
Text number(const std::string& bytes) {
  T value;
  if (bytes.size() != sizeof value) return std::nullopt;
  std::memcpy(&value, bytes.data(), sizeof value);
  return fmt::format("{}", value);
}

// numpy.core.multiarray.scalar(numpy.dtype("f8", ...), bytes); the dtype's state has its byte order second.
Text numpy_number(const Document& document, const Value& args) {
  if (args.items.size() != 2) return std::nullopt;
  const Value& dtype = document[args.items[0]];
  const Text bytes = bytes_of(document, document[args.items[1]]);
  const std::vector<pickle::Ref>&state = document[dtype.state].items, &name = document[dtype.args].items;
  if (!bytes || name.empty() || (state.size() > 1 && document[state[1]].text == ">")) return std::nullopt;
  const std::string_view type = document[name[0]].text;
  if (type == "f8") return number<double>(*bytes);
  if (type == "f4") return number<float>(*bytes);
  if (type == "i8") return number<int64_t>(*bytes);
  if (type == "i4") return number<int32_t>(*bytes);
  if (type == "b1" && bytes->size() == 1) return bytes->front() != 0 ? "True" : "False";
  return std::nullopt;
}

Text path(const Document& document, const Value& parts) {
  std::string text;
  for (size_t i = 0; i < std::min(parts.items.size(), kMaxText) && text.size() <= kMaxText; ++i) {
    if (!text.empty() && !text.ends_with('/')) text += '/';
    text += document[parts.items[i]].text.substr(0, kMaxText + 1);
  }
  return cut(text);
}

Text device(const Document& document, const Value& args) {
  if (args.items.empty()) return std::nullopt;
  const std::string type = cut(document[args.items[0]].text);
  return args.items.size() == 1 ? type : fmt::format("{}:{}", type, document[args.items[1]].integer);
}

Text object(const Document& document, const Value& value) {
  const std::string_view what = document[value.callable].text;
  const Value& args = document[value.args];
  if (what == "torch.device") return device(document, args);
  if (what.starts_with("pathlib.")) return path(document, args);
  if (what.starts_with("numpy.") && what.ends_with(".scalar")) return numpy_number(document, args);
  return std::nullopt;
}

Text dtype(std::string_view name) {
  const std::optional<Global> global = find_global(name, false);
  return global && global->role == Role::dtype ? Text(name) : std::nullopt;
}

}  // namespace

std::optional<std::string> scalar_text(const pickle::Document& document, pickle::Ref ref) {
  const Value& value = document[ref];
  switch (value.kind) {
    case Kind::none:
      return "None";
    case Kind::boolean:
      return value.integer != 0 ? "True" : "False";
    case Kind::integer:
      return std::to_string(value.integer);
    case Kind::big_integer:
      return big_integer(value.text);
    case Kind::real:
      return fmt::format("{}", value.real);
    case Kind::text:
      return cut(value.text);
    case Kind::global:
      return dtype(value.text);
    case Kind::object:
      return object(document, value);
    default:
      return std::nullopt;
  }
}

}  // namespace ax::torch
