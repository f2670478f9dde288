// adapterx export: a checkpoint of any family as a safetensors file of ours, to ship a backbone.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "adapterx/base/text_format.h"
#include "adapterx/train/adapter_file.h"
#include "cli/command.h"
#include "cli/terminal_text.h"
#include "cli/vit_options.h"

namespace ax::cli {
namespace {

struct ExportOptions {
  VitOptions vit;
  std::string out;
  bool bf16 = false, keep_head = false;
};

void run_export(const ExportOptions& options) {
  const PlainCheckpoint checkpoint = open_plain_checkpoint(options.vit);
  const bool head = options.keep_head && checkpoint.has_head;
  save_backbone(options.out, head ? checkpoint.config : with_classes(checkpoint.config, 0),
                checkpoint.preprocess, checkpoint.source, options.bf16 ? FileDType::bf16 : FileDType::f32);
  fmt::print("{}  {}\n", options.out, bytes_text(std::filesystem::file_size(options.out)));
}

}  // namespace

void add_export(CLI::App& app) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command = app.add_subcommand("export", "Write a checkpoint as safetensors under our names");
  command->add_option("out", options->out, "The file to write")->required();
  command->add_flag("--bf16", options->bf16, "Half the size: values rounded to bfloat16");
  command->add_flag("--keep-head", options->keep_head, "With the classifier; else the backbone alone");
  add_vit_options(*command, options->vit);
  command->callback([options] { run_export(*options); });
}

}  // namespace ax::cli
