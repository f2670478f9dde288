#include "adapterx/suite/make_suite.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "adapterx/base/error.h"
#include "adapterx/base/parallel.h"
#include "adapterx/io/atomic_file.h"
#include "adapterx/suite/folder_lock.h"
#include "adapterx/suite/run_standing.h"
#include "adapterx/suite/same_backbone.h"
#include "adapterx/suite/suite_table.h"
#include "adapterx/suite/tuning.h"
#include "adapterx/train/model_setup.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

std::string caption(const SuiteConfig& suite, const SuiteChoice& choice) {
  return fmt::format(
      "Accuracy in % on the test images, {} over seeds {}; a seed draws the training images,\n"
      "where the data leave it open, and all else that is random. Backbone: {}.\n"
      "Trained parameters in % of the backbone's.\n",
      choice.seeds.size() > 1 ? "mean ± standard deviation" : "one run each,", fmt::join(choice.seeds, ", "),
      suite.weights);
}

RunOptions run_options(const SuiteOptions& options) {
  return {options.jobs, std::max<int64_t>(1, thread_count() / options.jobs), options.replace};
}

std::vector<SuiteRun> planned(const SuiteConfig& suite, const SuiteChoice& choice,
                              const SuiteOptions& options) {
  if (!options.tune) return plan_runs(suite, choice, options.out);
  std::vector<SuiteRun> runs;
  for (SuiteTrial& trial : plan_trials(suite, choice, options.out)) runs.push_back(std::move(trial.run));
  if (runs.empty()) fail("{}: no grid [tune.METHOD] for the methods chosen", options.name);
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

SuiteResult tabulate(const SuiteConfig& suite, const SuiteChoice& choice, const SuiteOptions& options,
                     const std::vector<MissingTask>& missing, ChildProcesses& children,
                     SuiteObserver& observer) {
  const std::vector<SuiteRun> runs = planned(suite, choice, options);
  SuiteTable table(suite, choice);
  std::vector<std::string> notes;
  for (const MissingTask& task : missing) notes.push_back(note_of(task));
  const auto text = [&] {
    return fmt::format("{}\n{}{}{}\n", table.markdown(), caption(suite, choice), notes.empty() ? "" : "\n",
                       fmt::join(notes, "\n"));
  };
  const fs::path file = options.out / (choice.ablations ? "ablations.md" : "table.md");
  const fs::path data = options.out / (choice.ablations ? "ablations.json" : "summary.json");
  const auto add = [&](size_t i, const RunFacts& facts) {
    table.add(runs[i], facts);
    write_atomically(file, text());
    write_atomically(data, table.json());
  };
  const RunsDone done = make_runs(runs, run_options(options), children, observer, add);
  return {done, text(), file};
}

SuiteResult tune(const SuiteConfig& suite, const SuiteChoice& choice, const SuiteOptions& options,
                 ChildProcesses& children, SuiteObserver& observer) {
  const std::vector<SuiteRun> runs = planned(suite, choice, options);
  SuiteResult result{
      make_runs(runs, run_options(options), children, observer, [](size_t, const RunFacts&) {}), "", ""};
  const std::vector<TunedMethod> best = best_trials(suite, scores_in(suite, options.out));
  if (best.empty()) return result;
  result.text = tuned_toml(best);
  result.file = options.out / "tuned.toml";
  write_atomically(result.file, result.text);
  return result;
}

}  // namespace

SuiteResult make_suite(const SuiteConfig& suite, SuiteChoice choice, const SuiteOptions& options,
                       ChildProcesses& children, SuiteObserver& observer) {
  const std::vector<SuiteRun> runs = planned(suite, choice, options);
  const FolderLock lock(options.out);
  ModelConfig model;
  model.weights = suite.weights;
  const ModelSetup setup = NamedBackbone(model).open(2, false);
  expect_same_backbone(options.out, setup.backbone->hash);
  const auto missing =
      leave_out_missing_tasks(runs, *setup.input, options.tune ? Split::val : Split::test, choice);
  for (const MissingTask& task : missing) observer.on_missing(task);
  if (choice.tasks.empty())
    fail("no task is left whose data can be opened; --data TASK=PATH says where they are");
  return options.tune ? tune(suite, choice, options, children, observer)
                      : tabulate(suite, choice, options, missing, children, observer);
}

}  // namespace ax
