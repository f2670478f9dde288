#include "adapterx/base/natural_less.h"

namespace ax {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

size_t digits_end(const std::string& text, size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

}  // namespace

bool natural_less(const std::string& a, const std::string& b) {
  size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (is_digit(a[i]) && is_digit(b[j])) {
      while (i < a.size() && a[i] == '0') ++i;
      while (j < b.size() && b[j] == '0') ++j;
      const size_t a_end = digits_end(a, i), b_end = digits_end(b, j);
      if (a_end - i != b_end - j) return a_end - i < b_end - j;
      const int order = a.compare(i, a_end - i, b, j, b_end - j);
      if (order != 0) return order < 0;
      i = a_end;
      j = b_end;
    } else if (a[i] != b[j]) {
      return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[j]);
    } else {
      ++i;
      ++j;
    }
  }
  const size_t a_left = a.size() - i, b_left = b.size() - j;
  return a_left != b_left ? a_left < b_left : a < b;
}

}  // namespace ax
