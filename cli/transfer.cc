// adapterx transfer: a suite of fine-tunings of one backbone, tasks by methods by seeds, and its table.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "adapterx/base/parallel.h"
#include "adapterx/base/setting_list.h"
#include "adapterx/io/atomic_file.h"
#include "adapterx/suite/run_standing.h"
#include "adapterx/suite/suite_config.h"
#include "adapterx/suite/suite_plan.h"
#include "adapterx/suite/suite_table.h"
#include "adapterx/suite/tuning.h"
#include "adapterx/train/data_splits.h"
#include "adapterx/train/model_setup.h"
#include "cli/child_processes.h"
#include "cli/command.h"
#include "cli/folder_lock.h"
#include "cli/terminal_text.h"
#include "cli/transfer_runs.h"

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

// Runs on another backbone under the same name would look like this one's.
void expect_same_backbone(const fs::path& out, const std::string& hash) {
  const fs::path path = out / "backbone.json";
  if (!fs::exists(path)) {
    write_atomically(path, nlohmann::ordered_json{{"hash", hash}}.dump() + "\n");
    return;
  }
  std::ifstream in(path);
  const auto stored = nlohmann::json::parse(in, nullptr, false);
  if (stored.is_object() && stored.value("hash", "") == hash) return;
  fail("{}: has runs on another backbone (its weights' hash isn't {}); name another folder by --out",
       out.string(), hash);
}

// Removes the tasks whose data can't be opened or have nothing to be scored on, saying so. `runs`: one of
// each task at least.
std::vector<std::string> leave_out_missing_tasks(const std::vector<SuiteRun>& runs, bool points, Split scored,
                                                 SuiteChoice& choice) {
  std::vector<std::string> notes;
  std::erase_if(choice.tasks, [&](const std::string& task) {
    const TrainConfig& config = std::ranges::find(runs, task, &SuiteRun::task)->config;
    try {
      const DataSplits splits = open_splits(config.data, points);
      for (const Split split : {Split::train, scored}) {
        if (dataset_of(splits, split)) continue;
        fail("{}: expected {} for {} and {}, got none for {}", config.data.path, sample_noun(splits),
             to_string(Split::train), to_string(scored), to_string(split));
      }
      return false;
    } catch (const Error& error) {
      notes.push_back(fmt::format("{} left out: {}", task, error.what()));
      return true;
    }
  });
  for (const std::string& note : notes) fmt::print("{}\n", printable(note));
  std::fflush(stdout);
  if (choice.tasks.empty())
    fail("no task is left whose data can be opened; --data TASK=PATH says where they are");
  return notes;
}

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

std::string caption(const SuiteConfig& suite, const SuiteChoice& choice) {
  return fmt::format(
      "Accuracy in % on the test images, {} over seeds {}; a seed draws the training images,\n"
      "where the data leave it open, and all else that is random. Backbone: {}.\n"
      "Trained parameters in % of the backbone's.\n",
      choice.seeds.size() > 1 ? "mean ± standard deviation" : "one run each,", fmt::join(choice.seeds, ", "),
      suite.weights);
}

RunOptions run_options(const TransferOptions& options) {
  const int64_t cores = thread_count();
  const int64_t jobs = options.jobs > 0 ? options.jobs : 1;
  return {jobs, std::max<int64_t>(1, cores / jobs), options.replace};
}

RunsDone run_suite(const TransferOptions& options, const SuiteConfig& suite, const SuiteChoice& choice,
                   const std::vector<std::string>& notes, ChildProcesses& children) {
  const std::vector<SuiteRun> runs = plan_runs(suite, choice, options.out);
  const bool ablations = options.choice.ablations;
  SuiteTable table(suite, choice);
  const auto text = [&] {
    return fmt::format("{}\n{}{}{}\n", table.markdown(), caption(suite, choice), notes.empty() ? "" : "\n",
                       fmt::join(notes, "\n"));
  };
  const std::string name = ablations ? "ablations" : "table", data = ablations ? "ablations" : "summary";
  const auto add = [&](size_t i, const RunFacts& facts) {
    table.add(runs[i], facts);
    write_atomically(options.out / (name + ".md"), text());
    write_atomically(options.out / (data + ".json"), table.json());
  };
  const RunsDone done = make_runs(runs, run_options(options), children, add);
  fmt::print("\n{}", text());
  fmt::print("{}\n", (options.out / (name + ".md")).string());
  return done;
}

// What is to be run, as far as the data don't matter.
std::vector<SuiteRun> planned(const TransferOptions& options, const SuiteConfig& suite,
                              const SuiteChoice& choice) {
  if (!options.tune) return plan_runs(suite, choice, options.out);
  std::vector<SuiteRun> runs;
  for (SuiteTrial& trial : plan_trials(suite, choice, options.out)) runs.push_back(std::move(trial.run));
  if (runs.empty()) fail("{}: no grid [tune.METHOD] for the methods chosen", options.config);
  return runs;
}

// Of all finished trials in the folder, those of an earlier call for other tasks or methods among them.
std::vector<TrialScore> scores_in(const SuiteConfig& suite, const fs::path& out) {
  std::vector<TrialScore> scores;
  for (SuiteTrial& trial : plan_trials(suite, resolve(suite, {}), out)) {
    const RunStanding standing = standing_of(trial.run);
    if (standing.state != RunStanding::State::finished || standing.facts.accuracy_split != "val") continue;
    scores.push_back({std::move(trial), standing.facts.accuracy});
  }
  return scores;
}

RunsDone tune_suite(const TransferOptions& options, const SuiteConfig& suite, const SuiteChoice& choice,
                    ChildProcesses& children) {
  const std::vector<SuiteRun> runs = planned(options, suite, choice);
  const RunsDone done = make_runs(runs, run_options(options), children, [](size_t, const RunFacts&) {});
  const std::vector<TunedMethod> best = best_trials(suite, scores_in(suite, options.out));
  if (best.empty()) return done;
  const std::string text = tuned_toml(best);
  write_atomically(options.out / "tuned.toml", text);
  fmt::print("\n{}\n{}\n", text, (options.out / "tuned.toml").string());
  return done;
}

void run_transfer(const TransferOptions& options) {
  if (options.tune && !options.choice.seeds.empty()) {
    throw UsageError("--seeds: the seeds of tuning are those of [tune]; --set 'tune.seeds=[5]' changes them");
  }
  const SuiteConfig suite = suite_of(options);
  SuiteChoice choice = from_command_line([&] { return resolve(suite, options.choice); });
  const std::vector<SuiteRun> runs = planned(options, suite, choice);
  ChildProcesses children;
  const FolderLock lock(options.out);
  ModelConfig model;
  model.weights = suite.weights;
  const ModelSetup setup = open_model(model, 2, false);
  expect_same_backbone(options.out, setup.backbone->hash);
  const std::vector<std::string> notes = leave_out_missing_tasks(
      runs, is_point_backbone(setup.model), options.tune ? Split::val : Split::test, choice);
  const RunsDone done = options.tune ? tune_suite(options, suite, choice, children)
                                     : run_suite(options, suite, choice, notes, children);
  end_after(done, options);
}

}  // namespace

void add_transfer(CLI::App& app) {
  auto options = std::make_shared<TransferOptions>();
  CLI::App* command =
      app.add_subcommand("transfer", "Fine-tune a backbone on many tasks by many methods: one table");
  command->add_option("--config", options->config, "The suite, TOML")->required();
  command->add_option("--out", options->out, "Folder of the runs and the table")->required();
  command->add_option("--weights", options->weights, "Checkpoint of the backbone, in place of the suite's");
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
