// Writes pickles, for tests: each function gives the opcodes of one value; a pickle is their sum between
// "\x80\2" and ".".
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace ax::pickle::write {

template <class T>
std::string raw(T value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

inline std::string joined(const std::vector<std::string>& parts) {
  std::string all;
  for (const std::string& part : parts) all += part;
  return all;
}

inline std::string text(const std::string& s) {
  return joined({"X", raw(static_cast<uint32_t>(s.size())), s});
}
inline std::string integer(int64_t n) { return joined({"\x8a\x08", raw(n)}); }
inline std::string tuple(const std::vector<std::string>& items) { return joined({"(", joined(items), "t"}); }
inline std::string list(const std::vector<std::string>& items) { return joined({"](", joined(items), "e"}); }
inline std::string dict(const std::vector<std::string>& pairs) { return joined({"}(", joined(pairs), "u"}); }
inline std::string global(const std::string& module, const std::string& name) {
  return joined({"c", module, "\n", name, "\n"});
}
inline std::string call(const std::string& function, const std::vector<std::string>& args) {
  return function + tuple(args) + "R";
}
inline std::string integers(const std::vector<int64_t>& values) {
  std::vector<std::string> items;
  for (const int64_t v : values) items.push_back(integer(v));
  return tuple(items);
}
inline std::string pickled(const std::string& value) { return joined({"\x80\x02", value, "."}); }

}  // namespace ax::pickle::write
