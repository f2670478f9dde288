// For tests: the text of the error that something gives.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "adapterx/base/error.h"

namespace ax {

// "no error" where there is none.
template <class Run>
std::string error_text(const Run& run) {
  try {
    run();
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

inline void expect_part(const std::string& text, std::string_view part) {
  EXPECT_NE(text.find(part), std::string::npos) << "expected: " << part << "\ngot: " << text;
}

}  // namespace ax
