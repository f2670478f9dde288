// adapterx models: the transformers, of images and of point clouds, that are known by name.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <ranges>

#include "adapterx/app/model_count.h"
#include "adapterx/models/backbone.h"
#include "cli/command.h"
#include "cli/text/table.h"
#include "cli/text/terminal_text.h"

namespace ax::cli {
namespace {

using Json = nlohmann::ordered_json;

struct ModelsOptions {
  std::string filter;
  bool json = false;
};

// Published models whose names contain the filter; else the model of that name, which need not be published.
std::vector<std::string> names_for(const std::string& filter) {
  std::vector<std::string> names;
  for (const BackboneFamily* family : std::views::reverse(backbone_families())) {
    for (const std::string& name : family->preset_names()) {
      if (name.find(filter) != name.npos) names.push_back(name);
    }
  }
  if (names.empty()) {
    backbone_preset(filter);
    names.push_back(filter);
  }
  return names;
}

Json json_of(const std::string& name) {
  const BackboneModel model = backbone_preset(name);
  const ModelCount size = count_model(*model.backbone);
  const std::string_view noun = model.input->noun();  // "images"
  Json json = {{"name", name},
               {"parameters", size.parameters},
               {fmt::format("flops_per_{}", noun.substr(0, noun.size() - 1)), size.flops}};
  json.update(Json::parse(model.backbone->family().describe_preset(name).json));
  return json;
}

void print_models(const std::vector<std::string>& names) {
  constexpr double kMega = 1e6, kGiga = 1e9;
  Table table({{"model"}, {"M params", true}, {"GFLOPs", true}, {"input", true}, {"preprocess"}});
  for (const std::string& name : names) {
    const BackbonePtr backbone = backbone_preset(name).backbone;
    const ModelCount size = count_model(*backbone);
    const auto [input, preprocess, json] = backbone->family().describe_preset(name);
    table.add({name, fmt::format("{:.1f}", static_cast<double>(size.parameters) / kMega),
               fmt::format("{:.1f}", size.flops / kGiga), input, preprocess});
  }
  const size_t width = output_width();
  fmt::print("{}\n", table.text(width));
  fmt::print(
      "{}\n",
      wrap(
          "GFLOPs: matrix products of one sample's forward pass; a multiply-add counts as two. "
          "Preprocess: normalisation (half: to [-1, 1]), and the part of the resized image (bicubic) that is "
          "cut out.",
          std::min<size_t>(width, 100), 0));
}

void run_models(const ModelsOptions& options) {
  const std::vector<std::string> names = names_for(options.filter);
  if (!options.json) return print_models(names);
  Json list = Json::array();
  for (const std::string& name : names) list.push_back(json_of(name));
  fmt::print("{}\n", list.dump(2));
}

}  // namespace

void add_models(CLI::App& app) {
  auto options = std::make_shared<ModelsOptions>();
  CLI::App* command = app.add_subcommand("models", "List the models known by name");
  command->add_option("filter", options->filter, "Only names that contain this");
  command->add_flag("--json", options->json, "Print a JSON array");
  command->callback([options] { run_models(*options); });
}

}  // namespace ax::cli
