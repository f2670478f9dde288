#include "cli/text/setting_text.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "adapterx/base/setting_help.h"
#include "adapterx/base/setting_list.h"
#include "cli/command.h"
#include "cli/text/terminal_text.h"

namespace ax::cli {
namespace {

constexpr size_t kIndent = 2, kHang = 6;
constexpr size_t kLeastText = 40;  // columns of explanation beside the names

std::string type_name(const Setting& setting) {
  if (is_text(setting)) return "TEXT";
  if (std::holds_alternative<bool*>(setting.value)) return "BOOLEAN";
  const bool real =
      std::holds_alternative<float*>(setting.value) || std::holds_alternative<double*>(setting.value);
  return real ? "FLOAT" : "INT";
}

}  // namespace

std::string setting_lines(const std::vector<NamedSetting>& settings, size_t width) {
  size_t longest = 0;
  for (const auto& [name, setting] : settings) longest = std::max(longest, name.size());
  const size_t column = kIndent + longest + kIndent;
  const bool beside = column + kLeastText <= width;
  std::string text;
  for (const auto& [name, setting] : settings) {
    if (beside) {
      text += fmt::format("  {:<{}}{}\n", name, column - kIndent, wrap(explained(setting), width, column));
    } else {
      text += fmt::format("  {}\n", wrap(fmt::format("{}: {}", name, explained(setting)),
                                         std::max(width, kHang) - kIndent, kHang));
    }
  }
  return text;
}

void add_setting_option(CLI::App& command, const std::string& option, std::span<const Setting> settings,
                        const std::string& name) {
  const Setting* setting = find_setting(settings, name);
  const auto set = [setting = *setting, option](const std::string& text) {
    from_command_line([&] { assign(setting, text, option); });
  };
  command.add_option_function<std::string>(option, set, explained(*setting))->type_name(type_name(*setting));
}

}  // namespace ax::cli
