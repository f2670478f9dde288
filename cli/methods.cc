#include "adapterx/methods/method.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "adapterx/base/setting_list.h"
#include "adapterx/train/config_settings.h"
#include "cli/command.h"
#include "cli/text/setting_text.h"
#include "cli/text/terminal_text.h"

namespace ax::cli {

namespace {

void print_methods() {
  for (const MethodInfo& info : methods()) fmt::print("{:<14} {}\n", info.name, info.summary);
  fmt::print("\nSettings of one: adapterx methods NAME\n");
}

// "rank", or in full, "method.heads", where another section has a setting of this name, too.
void print_settings(const std::string& name) {
  const MethodDraft method = from_command_line([&] { return draft_method(name); });
  TrainConfig config;
  const std::vector<Setting> others = config_settings(config);
  std::vector<NamedSetting> lines;
  for (const Setting& s : method.settings) {
    const std::string short_name(s.short_name());
    lines.emplace_back(find_setting(others, short_name) != nullptr ? s.name : short_name, s);
  }
  fmt::print("{}", setting_lines(lines, output_width()));
  if (lines.empty()) fmt::print("{} has no settings\n", name);
}

}  // namespace

void add_methods(CLI::App& app) {
  auto name = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("methods", "List the fine-tuning methods, or the settings of one");
  command->add_option("method", *name, "Its settings, with their ranges and defaults");
  command->callback([name] { name->empty() ? print_methods() : print_settings(*name); });
}

}  // namespace ax::cli
