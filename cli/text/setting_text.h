// Settings as people see them: in --help, and as options of a command.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "adapterx/base/setting.h"

namespace CLI {
class App;
}

namespace ax::cli {

// A name and what is explained of the setting.
using NamedSetting = std::pair<std::string, Setting>;

// A line each, "NAME  what it is", in columns; wrapped to the width, and where that is narrow as "NAME: what
// it is".
std::string setting_lines(const std::vector<NamedSetting>& settings, size_t width);

// Adds the option ("--val-fraction") that sets a setting ("data.val_fraction"), which has to be there. What
// it refuses is a UsageError.
void add_setting_option(CLI::App& command, const std::string& option, std::span<const Setting> settings,
                        const std::string& name);

}  // namespace ax::cli
