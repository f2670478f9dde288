#include "adapterx/methods/method.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/command.h"

namespace ax::cli {

namespace {

void print_methods() {
  for (const MethodInfo& info : methods()) fmt::print("{:<14} {}\n", info.name, info.summary);
  fmt::print("\nSettings of one: adapterx methods NAME\n");
}

void print_settings(const std::string& name) {
  const auto settings = from_command_line([&] { return method_settings(name); });
  for (const Settings::Known& s : settings) fmt::print("{:<18} {}\n", s.key, s.otherwise);
  if (settings.empty()) fmt::print("{} has no settings\n", name);
}

}  // namespace

void add_methods(CLI::App& app) {
  auto name = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("methods", "List the fine-tuning methods, or the settings of one");
  command->add_option("method", *name, "Its settings, with their defaults");
  command->callback([name] { name->empty() ? print_methods() : print_settings(*name); });
}

}  // namespace ax::cli
