// adapterx: fine-tuning for vision transformers on the CPU.
//
// Exit codes: 0 success, 1 the operation failed, 2 the command line was wrong.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "adapterx/base/error.h"
#include "cli/command.h"
#include "cli/wait_policy.h"

namespace {

// To standard error, where even that fails there is nothing left to tell.
template <class... Args>
void complain(fmt::format_string<Args...> text, Args&&... args) {
  std::fputs(fmt::format(text, std::forward<Args>(args)...).c_str(), stderr);
}

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

// "adapterx bench" of the command "adapterx bench step".
std::string parents_of(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  if (parent == nullptr) return "";
  const std::string above = parents_of(*parent);
  return above.empty() ? parent->get_name() : above + " " + parent->get_name();
}

std::string path_of(const CLI::App& command) {
  const std::string parents = parents_of(command);
  return parents.empty() ? command.get_name() : parents + " " + command.get_name();
}

int report_usage_error(const CLI::App& app, const std::string& text) {
  const CLI::App& command = chosen(app);
  const std::vector<std::string> unknown = app.remaining(true);
  const std::string path = path_of(command);
  if (unknown.empty()) {
    complain("{}: {}\n", path, text);
  } else {
    const bool has_commands = !command.get_subcommands([](const CLI::App*) { return true; }).empty();
    const char* kind = unknown[0].starts_with('-') ? "option" : has_commands ? "command" : "argument";
    complain("{}: unknown {} `{}`{}\n", path, kind, unknown[0],
             ax::did_you_mean(unknown[0], known_names(command)));
  }
  complain("Try `{} --help`.\n", path);
  return 2;
}

int run(int argc, char** argv) {
  CLI::App app("Fine-tuning for vision transformers: no GPU, no Python.", "adapterx");
  app.require_subcommand(1);
  app.set_version_flag("--version", "adapterx 0.1.0");
  ax::cli::add_baseline(app);
  ax::cli::add_bench(app);
  ax::cli::add_compare(app);
  ax::cli::add_count(app);
  ax::cli::add_eval(app);
  ax::cli::add_export(app);
  ax::cli::add_inspect(app);
  ax::cli::add_merge(app);
  ax::cli::add_methods(app);
  ax::cli::add_models(app);
  ax::cli::add_predict(app);
  ax::cli::add_report(app);
  ax::cli::add_train(app);
  ax::cli::add_transfer(app);
  ax::cli::add_pretrain(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    fmt::print("{}", chosen(app).help(parents_of(chosen(app))));
  } catch (const CLI::CallForVersion&) {
    fmt::print("{}\n", app.version());
  } catch (const CLI::ParseError& error) {
    return report_usage_error(app, error.what());
  } catch (const ax::cli::UsageError& error) {
    return report_usage_error(app, error.what());
  } catch (const ax::cli::SkippedInputs&) {
    return 1;
  } catch (const ax::Error& error) {
    complain("adapterx: {}\n", error.what());
    return 1;
  } catch (const std::exception& error) {
    complain("adapterx: unexpected error: {}\n", error.what());
    return 1;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  ax::cli::use_passive_waiting(argv);
  const int code = run(argc, argv);
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    complain("adapterx: cannot write to standard output\n");
    return 1;
  }
  return code;
}
