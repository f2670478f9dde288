// The commands of `adapterx`, one file each. A command adds its options and, when it is chosen, runs from
// CLI11's callback; it throws ax::Error on failure (exit code 1) and UsageError on a command line that can't
// be meant (2).
#pragma once

#include "adapterx/base/error.h"

namespace CLI {
class App;
}

namespace ax::cli {

class UsageError : public Error {
 public:
  using Error::Error;
};

// Thrown when all went well but for inputs that were reported and skipped: exit code 1.
struct SkippedInputs {};

// Runs what reads names and settings from the command line: its errors are the user's typing.
template <class Read>
auto from_command_line(const Read& read) {
  try {
    return read();
  } catch (const Error& error) {
    throw UsageError(error.what());
  }
}

void add_baseline(CLI::App& app);      // adapterx baseline
void add_bench(CLI::App& app);         // adapterx bench
void add_bench_group(CLI::App& app);   // adapterx bench group
void add_bench_images(CLI::App& app);  // adapterx bench images
void add_bench_load(CLI::App& app);    // adapterx bench load
void add_bench_step(CLI::App& app);    // adapterx bench step
void add_compare(CLI::App& app);       // adapterx compare
void add_count(CLI::App& app);         // adapterx count
void add_eval(CLI::App& app);          // adapterx eval
void add_export(CLI::App& app);        // adapterx export
void add_inspect(CLI::App& app);       // adapterx inspect
void add_merge(CLI::App& app);         // adapterx merge
void add_methods(CLI::App& app);       // adapterx methods
void add_models(CLI::App& app);        // adapterx models

void add_predict(CLI::App& app);   // adapterx predict
void add_report(CLI::App& app);    // adapterx report
void add_train(CLI::App& app);     // adapterx train
void add_transfer(CLI::App& app);  // adapterx transfer
void add_pretrain(CLI::App& app);  // adapterx pretrain

}  // namespace ax::cli
