// adapterx merge: an adapter folded into its backbone, as a plain checkpoint.
#include "adapterx/train/merge_adapter.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "adapterx/base/text_format.h"
#include "cli/command.h"

namespace ax::cli {
namespace {

struct MergeOptions {
  std::string weights, adapter, out;
};

void run_merge(const MergeOptions& options) {
  merge_adapter(options.adapter, options.weights, options.out);
  fmt::print("{}  {}\n", options.out, bytes_text(std::filesystem::file_size(options.out)));
}

}  // namespace

void add_merge(CLI::App& app) {
  auto options = std::make_shared<MergeOptions>();
  CLI::App* command =
      app.add_subcommand("merge", "Fold an adapter into its backbone: a plain checkpoint, head included");
  command->add_option(
      "--weights", options->weights,
      "The backbone that the adapter was trained on; not needed where the file holds all of it, or where the "
      "backbone is a bundled one");
  command->add_option("--adapter", options->adapter, "The adapter.safetensors of a run")->required();
  command->add_option("--out", options->out, "The safetensors file to write")->required();
  command->callback([options] { run_merge(*options); });
}

}  // namespace ax::cli
