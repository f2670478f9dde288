// Errors: every failure that ends an operation is an ax::Error whose text says what was expected, what
// was found and, where one can be given, what to do. The library never prints, exits or aborts.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ax {

class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Throws Error with a formatted text: fail("{}: expected {}, got {}", name, want, got).
template <class... Args>
[[noreturn]] void fail(fmt::format_string<Args...> text, Args&&... args) {
  throw Error(fmt::format(text, std::forward<Args>(args)...));
}

// The candidate with the least edit distance to `name`, or "" if none is near (at most a third of the
// letters, two at least, may differ).
std::string_view nearest_name(std::string_view name, const std::vector<std::string>& candidates);

// "; did you mean `X`?" for use at the end of an error text, or "" where nothing is near.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace ax
