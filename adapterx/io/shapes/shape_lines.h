// The lines and words of a text file of 3D shapes. Internal to its readers.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapterx/base/error.h"

namespace ax {

// The number that the whole of `text` is, with a plus sign or without; false where it is none.
template <class Number>
bool parse_number(std::string_view text, Number& value) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

class ShapeLines {
 public:
  // Lines of `text`, a part of the file; both must stay.
  ShapeLines(const std::string& file, std::string_view text, int64_t lines_before = 0)
      : file_(file), rest_(text), number_(lines_before) {}

  // Goes to the next line that has words; false at the end. A word that begins with # ends its line.
  bool next();
  int64_t number() const { return number_; }       // of the line, counted from 1
  std::string_view rest() const { return rest_; }  // what follows the line
  std::string_view tail() const { return line_; }  // of the line, what was not read yet, from a word on
  std::string_view word();                         // the next of the line, "" at its end

  // The next word as a finite float, or a whole number from `least` to `most`. Throw Error.
  float coordinate();
  int64_t integer(std::string_view what, int64_t least, int64_t most);

  // Throws Error: "FILE:LINE: expected WHAT, got `GOT`".
  [[noreturn]] void expected(std::string_view what, std::string_view got) const;
  template <class... Args>
  [[noreturn]] void error(fmt::format_string<Args...> text, Args&&... args) const {
    fail("{}:{}: {}", file_, number_, fmt::format(text, std::forward<Args>(args)...));
  }

 private:
  void skip_spaces();

  const std::string& file_;
  std::string_view rest_, line_;
  int64_t number_;
};

// A double as a float, or NaN where it is not finite or beyond floats.
float narrowed(double value);

}  // namespace ax
