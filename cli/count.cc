// adapterx count: what a method trains of a model, part by part; no weights are needed.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "adapterx/app/model_count.h"
#include "adapterx/base/text_format.h"
#include "adapterx/models/backbone.h"
#include "cli/command.h"
#include "cli/text/parts_table.h"
#include "cli/text/terminal_text.h"

namespace ax::cli {
namespace {

struct CountOptions {
  std::string model = "vit_base_patch16_224", method = "adaptformer_x";
  std::vector<std::string> settings;
  int64_t classes = 100;
  bool json = false;
};

TrainedParts count(const CountOptions& options) {
  const BackbonePtr model = backbone_preset(options.model).backbone->with_classes(options.classes);
  return count_trained(*model, options.method, options.settings);
}

void print_json(const CountOptions& options, const TrainedParts& parts) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const TrainedPart& p : parts.parts) {
    list.push_back(
        {{"part", p.name}, {"parameters", p.numbers}, {"percent", percent_of_backbone(p.numbers, parts)}});
  }
  const nlohmann::ordered_json json = {{"model", options.model},
                                       {"method", options.method},
                                       {"settings", options.settings},
                                       {"classes", options.classes},
                                       {"backbone", parts.backbone},
                                       {"parts", list},
                                       {"total", parts.total},
                                       {"percent", parts.percent()},
                                       {"total_without_head", parts.total - parts.head},
                                       {"percent_without_head", parts.percent_without_head()}};
  fmt::print("{}\n", json.dump(2));
}

void print_table(const TrainedParts& parts) {
  fmt::print("{}\nbackbone without head: {}\n", parts_table(parts, output_width()),
             count_text(parts.backbone));
}

void run_count(const CountOptions& options) {
  const TrainedParts parts = from_command_line([&] { return count(options); });
  options.json ? print_json(options, parts) : print_table(parts);
}

}  // namespace

void add_count(CLI::App& app) {
  auto options = std::make_shared<CountOptions>();
  CLI::App* command = app.add_subcommand("count", "Count what a method trains, part by part");
  command->add_option("--model", options->model, "Model preset")->capture_default_str();
  command->add_option("--method", options->method, "Fine-tuning method")->capture_default_str();
  command->add_option("--classes", options->classes, "Classes of the head")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print one JSON object");
  command->add_option("settings", options->settings, "Settings of the method, key=value");
  command->callback([options] { run_count(*options); });
}

}  // namespace ax::cli
