// Patterns of tensor names, for the tables that say what the tensors of a file are.
#pragma once

#include <string_view>

namespace ax {

// Whether a name matches a pattern, in which `*` stands for any letters: "head.*", "*.attn.*".
bool matches(std::string_view pattern, std::string_view name);

}  // namespace ax
