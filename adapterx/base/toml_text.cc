#include "adapterx/base/toml_text.h"

#include <fmt/format.h>

#include <charconv>

namespace ax {
namespace {

bool is_plain_value(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool digits = text.find_first_of("0123456789") != std::string::npos &&
                      text.find_first_not_of("0123456789.e+-") == std::string::npos;
  const bool number = error == std::errc() && end == text.data() + text.size() && digits;
  const bool canonical = number && (text == fmt::format("{}", value) || text == fmt::format("{:.0f}", value));
  return canonical || text == "true" || text == "false";
}

}  // namespace

std::string toml_quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (code < 0x20 || code == 0x7f) {
      out += fmt::format("\\u{:04x}", code);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string toml_value(const std::string& text) { return is_plain_value(text) ? text : toml_quote(text); }

std::string toml_of(const Setting& setting) {
  const std::string text = text_of(setting);
  return is_text(setting) ? toml_quote(text) : text;
}

}  // namespace ax
