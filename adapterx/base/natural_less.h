// The order of names that people expect: numbers within them by value, so that block 2 comes before block 10.
#pragma once

#include <string>

namespace ax {

// Whether a comes before b. A strict weak order: of two names that differ in leading zeros alone, the shorter
// rest decides, then the bytes.
bool natural_less(const std::string& a, const std::string& b);

}  // namespace ax
