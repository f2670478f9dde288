// Numbers as people read them: in the program's lines and tables and, with no-break spaces, on the report's
// page.
#pragma once

#include <concepts>
#include <string>

namespace ax {

std::string with_separators(std::string digits);  // of count_text

// "86,567,656".
template <std::integral Number>
std::string count_text(Number number) {
  return with_separators(std::to_string(number));
}

// "999 bytes", "311.5 kB", "10.9 MB": units of 1000 bytes.
std::string bytes_text(double bytes);
template <std::integral Number>
std::string bytes_text(Number bytes) {
  return bytes_text(static_cast<double>(bytes));
}

// "0.3 s", "41 s", "12 min 5 s", "3 h 7 min".
std::string duration_text(double seconds);

// A fraction: 0.9125 with two decimals is "91.25 %".
std::string percent_text(double fraction, int decimals);

// The same with two decimals, and below 1 % with three digits: "13.37 %", "0.204 %", "0.000910 %".
std::string small_percent_text(double fraction);

}  // namespace ax
