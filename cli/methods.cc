#include "adapterx/methods/method.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/command.h"

namespace ax::cli {

void add_methods(CLI::App& app) {
  CLI::App* command = app.add_subcommand("methods", "List the fine-tuning methods");
  command->callback([] {
    for (const MethodInfo& info : methods()) fmt::print("{:<14} {}\n", info.name, info.summary);
  });
}

}  // namespace ax::cli
