// What people are told of settings.
#pragma once

#include <string>

#include "adapterx/base/setting.h"

namespace ax {

// What the value may be: "a number in [0, 1)", "an integer of 1 or more, or all, none", "one of adamw, sgd",
// "true or false", "a text".
std::string values_of(const Setting& setting);

// "Decay of AdamW's first moment. A number in [0, 1); default 0.9." The default is the value that the setting
// has now; who has it comes last: "; for point clouds alone."
std::string explained(const Setting& setting);

}  // namespace ax
