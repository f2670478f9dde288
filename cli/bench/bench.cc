#include <CLI/CLI.hpp>

#include "cli/command.h"

namespace ax::cli {

void add_bench(CLI::App& app) {
  CLI::App* bench = app.add_subcommand("bench", "Measure speed and memory on this machine");
  bench->require_subcommand(1);
  add_bench_step(*bench);
  add_bench_group(*bench);
  add_bench_images(*bench);
  add_bench_load(*bench);
}

}  // namespace ax::cli
