// The page's style sheet and script.
#pragma once

#include <string_view>

namespace ax {

std::string_view page_style();
std::string_view page_script();

}  // namespace ax
