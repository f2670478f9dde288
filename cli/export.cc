// adapterx export: a checkpoint of any family as a safetensors file of ours, to ship a backbone.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "adapterx/app/export_checkpoint.h"
#include "adapterx/base/text_format.h"
#include "adapterx/io/atomic_file.h"
#include "cli/command.h"
#include "cli/text/terminal_text.h"
#include "cli/vit_options.h"

namespace ax::cli {
namespace {

struct ExportCommand {
  VitOptions vit;
  std::string out;
  ExportOptions options;
};

void run_export(const ExportCommand& command) {
  expect_other_file(command.out, command.vit.model.weights);
  export_checkpoint(open_checkpoint(command.vit), command.out, command.options);
  fmt::print("{}  {}\n", command.out, bytes_text(std::filesystem::file_size(command.out)));
}

}  // namespace

void add_export(CLI::App& app) {
  auto o = std::make_shared<ExportCommand>();
  CLI::App* command = app.add_subcommand("export", "Write a checkpoint as safetensors under our names");
  command->add_option("out", o->out, "The file to write")->required();
  command->add_flag("--bf16", o->options.bf16, "Half the size: values rounded to bfloat16");
  command->add_flag("--keep-head", o->options.keep_head, "With the classifier; else the backbone alone");
  add_vit_options(*command, o->vit);
  command->callback([o] { run_export(*o); });
}

}  // namespace ax::cli
