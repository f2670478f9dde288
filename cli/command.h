// The commands of `adapterx`, one file each. A command adds its options and, when it is chosen, runs from CLI11's
// callback; it throws ax::Error on failure.
#pragma once

namespace CLI {
class App;
}

namespace ax::cli {

void add_bench(CLI::App& app);       // adapterx bench
void add_bench_step(CLI::App& app);  // adapterx bench step

}  // namespace ax::cli
