// adapterx transfer: a suite of fine-tunings of one backbone, tasks by methods by seeds, and its table.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <memory>

#include "adapterx/base/setting_list.h"
#include "adapterx/base/text_format.h"
#include "adapterx/suite/make_suite.h"
#include "adapterx/suite/suite_backbone.h"
#include "cli/command.h"
#include "cli/text/bundled_text.h"
#include "cli/text/terminal_text.h"

namespace ax::cli {
namespace {

namespace fs = std::filesystem;

struct TransferOptions {
  std::string config, weights;
  fs::path out;
  std::vector<std::string> changes, data;
  SuiteChoice choice;
  int64_t jobs = 0;
  bool tune = false, replace = false;
};

// As TOML takes any text as it is.
std::string verbatim(const std::string& text) { return "'''" + text + "'''"; }

SuiteConfig suite_of(const TransferOptions& options) {
  std::vector<std::string> changes = options.changes;
  for (const std::string& text : options.data) {
    const auto [task, path] =
        from_command_line([&] { return parse_key_value(text, "--data: ", "TASK=PATH"); });
    changes.push_back("tasks." + task + ".data=" + verbatim(path));
  }
  if (!options.weights.empty()) changes.push_back("suite.weights=" + verbatim(options.weights));
  if (changes.empty()) return read_suite(options.config, {}, !options.tune);
  read_suite(options.config, {}, false);  // what is wrong with the file comes first
  return from_command_line([&] { return read_suite(options.config, changes, !options.tune); });
}

class TransferConsole : public SuiteObserver {
 public:
  void on_missing(const MissingTask& task) override { say(fmt::format("{}\n", printable(note_of(task)))); }

  void on_kept(size_t kept, size_t all) override {
    say(fmt::format("{} of {} runs were finished before\n", kept, all));
  }

  void on_end(const RunEnd& end) override {
    const std::string place = fmt::format("[{}/{}] {}", end.number, end.all, name_of(end.run));
    if (!end.finished) {
      return say(fmt::format("{}: failed: {} ({})\n", place, printable(end.reason), end.log.string()));
    }
    const std::string left =
        end.number < end.all ? fmt::format("; {} left", duration_text(end.seconds_left)) : "";
    say(fmt::format("{}: {}, {}{}\n", place, percent_text(end.facts.accuracy, 2),
                    duration_text(end.facts.seconds), left));
  }

 private:
  static void say(const std::string& text) {
    fmt::print("{}", text);
    std::fflush(stdout);
  }

  static std::string name_of(const SuiteRun& run) {
    std::string name = fmt::format("{} {}", run.task, run.row);
    const std::string own = run.folder.parent_path().filename().string();
    if (own != run.row) name += " " + own;
    return fmt::format("{} seed {}", name, run.seed);
  }
};

// Shells and scripts see by the signal that the suite was stopped, and stop, too.
void end_after(const RunsDone& done, const TransferOptions& options) {
  if (done.signal != 0) {
    fmt::print("stopped; the same command goes on\n");
    std::fflush(stdout);
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_UNBLOCK, &all, nullptr);
    std::signal(done.signal, SIG_DFL);
    std::raise(done.signal);
  }
  std::fflush(stdout);
  if (done.failed > 0) {
    fail("failed runs: {}; the same command tries them again. Results so far: {}", done.failed,
         options.out.string());
  }
}

void run_transfer(const TransferOptions& options) {
  if (options.tune && !options.choice.seeds.empty()) {
    throw UsageError("--seeds: the seeds of tuning are those of [tune]; --set 'tune.seeds=[5]' changes them");
  }
  SuiteConfig suite = suite_of(options);
  const auto bundled = from_command_line([&] { return choose_bundled(suite); });
  const SuiteChoice choice = from_command_line([&] { return resolve(suite, options.choice); });
  ChildProcesses children("/proc/self/exe");
  if (bundled) {
    fmt::print("{}", bundled_text(*bundled, "--set common.image_size=N"));
    std::fflush(stdout);
  }
  TransferConsole console;
  const SuiteResult result = make_suite(
      suite, choice,
      {options.config, options.out, std::max<int64_t>(1, options.jobs), options.tune, options.replace},
      children, console);
  if (!result.text.empty()) {
    fmt::print("\n{}{}{}\n", result.text, options.tune ? "\n" : "", result.file.string());
  }
  end_after(result, options);
}

}  // namespace

void add_transfer(CLI::App& app) {
  auto options = std::make_shared<TransferOptions>();
  CLI::App* command =
      app.add_subcommand("transfer", "Fine-tune a backbone on many tasks by many methods: one table");
  command->add_option("--config", options->config, "The suite, TOML")->required();
  command->add_option("--out", options->out, "Folder of the runs and the table")->required();
  command->add_option(
      "--weights", options->weights,
      "Checkpoint of the backbone, in place of the suite's; the bundled one where neither is given");
  command->add_option("--data", options->data, "TASK=PATH: where a task's data are")->take_all();
  command->add_option("--set", options->changes, "SECTION.KEY=VALUE over the file's: common.epochs=20");
  command->add_option("--tasks", options->choice.tasks, "These alone: a,b")->delimiter(',');
  command->add_option("--methods", options->choice.rows, "These alone: a,b")->delimiter(',');
  command->add_option("--seeds", options->choice.seeds, "In place of the suite's: 0,1")->delimiter(',');
  command->add_option("--jobs", options->jobs, "Runs at a time; the cores are shared among them")
      ->check(CLI::Range(1, 1024));
  command->add_flag("--ablations", options->choice.ablations, "The suite's ablations, and what they change");
  command
      ->add_flag("--tune", options->tune, "Find the best of each grid on validation images: OUT/tuned.toml")
      ->excludes("--ablations");
  command->add_flag("--replace", options->replace, "Make runs anew that other settings have made");
  command->footer(
      "A run is OUT/TASK/METHOD/seed-S. Finished ones are kept, begun ones go on: after Ctrl-C or a crash\n"
      "the same command continues.");
  command->callback([options] { run_transfer(*options); });
}

}  // namespace ax::cli
