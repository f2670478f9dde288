// Values as TOML writes them.
#pragma once

#include <string>
#include <string_view>

#include "adapterx/base/setting.h"

namespace ax {

// The text in quotes.
std::string toml_quote(std::string_view text);

// The same, but without quotes where the text is a number or a boolean to TOML.
std::string toml_value(const std::string& text);

// The setting's value: in quotes where is_text has it so.
std::string toml_of(const Setting& setting);

}  // namespace ax
