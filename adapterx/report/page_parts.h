// The page's style sheet and script.
#pragma once

#include <string>
#include <string_view>

namespace ax {

std::string_view page_style();
std::string page_script();  // the two below, and what they share
std::string_view routing_script();
std::string_view clouds_script();

}  // namespace ax
