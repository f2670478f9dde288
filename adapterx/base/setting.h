// Setting: one thing that a user can set, described once: its name, its type and default (of the member that
// it is bound to), its range or choices, a sentence of help, and who has it. Reading, checking, writing,
// listing and comparing go through the description. A struct of options is described by a list:
//
//   std::vector<Setting> adapter_settings(AdapterOptions& o) {
//     return {{"rank", &o.rank, "Width of the bottleneck.", at_least(1)},
//             {"dropout", &o.dropout, "Probability with which a hidden unit is dropped.", from_below(0, 1)},
//             {"act", one_of(o.act, {{"relu", Act::relu}, {"gelu", Act::gelu}}), "The bottleneck's
//             activation."}};
//   }
//
// setting_list.h finds settings by name and reads "key=value" texts; setting_help.h explains them to people.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace ax {

// The numbers that a setting may be. Infinity and NaN never are.
struct Range {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
  bool above = false;  // least itself is not in the range
  bool below = false;  // most itself is not in the range, nor what a float rounds to it

  bool holds(double value) const;
};

constexpr Range at_least(double least) { return {.least = least}; }
constexpr Range above(double least) { return {.least = least, .above = true}; }
constexpr Range from_below(double least, double most) {
  return {.least = least, .most = most, .below = true};
}

// A value that is one of some, each with a name; "" is a name, too.
struct Choice {
  std::vector<std::string> names;
  std::function<size_t()> get;  // which of the names
  std::function<void(size_t)> set;
};

// An enumeration, a flag with two names, a std::optional whose absence has a name. The value is among the
// choices.
template <class T>
Choice one_of(T& value, std::vector<std::pair<std::string, std::type_identity_t<T>>> choices) {
  Choice choice;
  std::vector<T> values;
  for (auto& [name, of_name] : choices) {
    choice.names.push_back(std::move(name));
    values.push_back(std::move(of_name));
  }
  choice.get = [&value, values] {
    return static_cast<size_t>(std::find(values.begin(), values.end(), value) - values.begin());
  };
  choice.set = [&value, values](size_t i) { value = values[i]; };
  return choice;
}

// A text that is one of some.
Choice one_of(std::string& value, const std::vector<std::string>& choices);

struct Setting {
  std::string name;  // "rank", or within a section "train.lr"
  std::variant<std::string*, int64_t*, uint64_t*, float*, double*, bool*, Choice> value;
  std::string help;  // a sentence, from its capital to its full stop
  Range range = {};  // of numbers; those of uint64_t are 0 or more in any case
  // Who has it: "images", "masked pretraining". A run that has it is all of these; none: every run.
  std::vector<std::string_view> of = {};
  // Names that stand for numbers, in or out of the range: "all" for 0.
  std::vector<std::pair<std::string, double>> named = {};

  std::string_view section() const;     // "train", or ""
  std::string_view short_name() const;  // "lr"
};

// Reads the value from a text. Throws Error starting with `where` on a text of another type, a number out of
// range, or another than the choices, with the nearest.
void assign(const Setting& setting, const std::string& text, std::string_view where);

// The text from which assign reads the value that the setting has now.
std::string text_of(const Setting& setting);

// Whether TOML has it in quotes.
bool is_text(const Setting& setting);

// "a number from 0 to 1", "1 or more", "a number in [0, 1)", for errors; with names, "..., or all".
std::string expected_number(const Setting& setting);

}  // namespace ax
