// adapterx: fine-tuning for vision transformers on the CPU.
//
// Exit codes: 0 success, 1 the operation failed, 2 the command line was wrong.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "adapterx/base/error.h"
#include "cli/command.h"

namespace {

// Every option and subcommand name that could be meant at this point of the command line.
std::vector<std::string> known_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

// The innermost subcommand that was chosen.
const CLI::App& chosen(const CLI::App& app) {
  const auto commands = app.get_subcommands();
  return commands.empty() ? app : chosen(*commands.front());
}

int report_usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = chosen(app);
  std::string hint;
  for (const std::string& word : app.remaining(true)) {
    hint = ax::did_you_mean(word, known_names(command));
    if (!hint.empty()) break;
  }
  std::string path = command.get_name();
  for (const CLI::App* parent = command.get_parent(); parent != nullptr; parent = parent->get_parent()) {
    path = parent->get_name() + " " + path;
  }
  fmt::print(stderr, "{}: {}{}\nTry `{} --help`.\n", path, error.what(), hint, path);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Fine-tuning for vision transformers: no GPU, no Python.", "adapterx");
  app.require_subcommand(1);
  app.set_version_flag("--version", "adapterx 0.1.0");
  ax::cli::add_bench(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    fmt::print("{}", chosen(app).help());
  } catch (const CLI::CallForVersion&) {
    fmt::print("{}\n", app.version());
  } catch (const CLI::ParseError& error) {
    return report_usage_error(app, error);
  } catch (const ax::Error& error) {
    fmt::print(stderr, "adapterx: {}\n", error.what());
    return 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "adapterx: unexpected error: {}\n", error.what());
    return 1;
  }
  return 0;
}
