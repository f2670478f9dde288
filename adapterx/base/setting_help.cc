#include "adapterx/base/setting_help.h"

#include <fmt/format.h>

#include <cctype>
#include <cmath>
#include <vector>

namespace ax {
namespace {

// "0.999", "65536", "1e9".
std::string number_text(double value) {
  constexpr double kLong = 1e6;
  if (std::isfinite(value) && value >= kLong && std::pow(10, std::round(std::log10(value))) == value) {
    return fmt::format("1e{:.0f}", std::log10(value));
  }
  return fmt::format("{}", value);
}

// " in [0, 1)", " of 1 or more", " above 0", "".
std::string range_text(const Range& r) {
  if (std::isinf(r.least)) return std::isinf(r.most) ? "" : " of at most " + number_text(r.most);
  if (std::isinf(r.most)) {
    return r.above ? " above " + number_text(r.least) : " of " + number_text(r.least) + " or more";
  }
  return fmt::format(" in {}{}, {}{}", r.above ? '(' : '[', number_text(r.least), number_text(r.most),
                     r.below ? ')' : ']');
}

struct ValuesOf {
  const Setting& setting;

  std::string operator()(const std::string*) const { return "a text"; }
  std::string operator()(const bool*) const { return "true or false"; }
  std::string operator()(const uint64_t*) const { return "an integer" + range_text(at_least(0)); }
  std::string operator()(const int64_t*) const { return "an integer" + range_text(setting.range) + named(); }
  template <class Number>
  std::string operator()(const Number*) const {
    return "a number" + range_text(setting.range) + named();
  }
  std::string operator()(const Choice& choice) const {
    std::string text = "one of ";
    bool may_be_empty = false;
    for (const std::string& name : choice.names) {
      may_be_empty = may_be_empty || name.empty();
      if (!name.empty()) text += fmt::format("{}{}", text.ends_with("of ") ? "" : ", ", name);
    }
    return may_be_empty ? text + ", or empty" : text;
  }

  std::string named() const {
    std::string text;
    for (const auto& [name, value] : setting.named) text += (text.empty() ? ", or " : ", ") + name;
    return text;
  }
};

}  // namespace

std::string values_of(const Setting& setting) { return std::visit(ValuesOf{setting}, setting.value); }

std::string explained(const Setting& setting) {
  std::vector<std::string> facts;
  const bool any_text = std::holds_alternative<std::string*>(setting.value);
  const std::string now = text_of(setting);
  if (!any_text) facts.push_back(values_of(setting));
  if (!any_text || !now.empty()) facts.push_back("default " + (now.empty() ? "empty" : now));
  if (!setting.of.empty()) facts.push_back(fmt::format("for {} alone", fmt::join(setting.of, " and ")));
  if (facts.empty()) return setting.help;
  facts[0][0] = static_cast<char>(std::toupper(static_cast<unsigned char>(facts[0][0])));
  return fmt::format("{} {}.", setting.help, fmt::join(facts, "; "));
}

}  // namespace ax
