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

// Runs what reads names and settings from the command line: its errors are the user's typing.
template <class Read>
auto from_command_line(const Read& read) {
  try {
    return read();
  } catch (const Error& error) {
    throw UsageError(error.what());
  }
}

void add_bench(CLI::App& app);       // adapterx bench
void add_bench_step(CLI::App& app);  // adapterx bench step
void add_methods(CLI::App& app);     // adapterx methods

}  // namespace ax::cli
