// adapterx models: the transformers, of images and of point clouds, that are known by name.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "adapterx/app/model_count.h"
#include "adapterx/base/shortest.h"
#include "adapterx/models/backbone.h"
#include "adapterx/models/point_presets.h"
#include "adapterx/models/vit_presets.h"
#include "cli/command.h"
#include "cli/table.h"
#include "cli/terminal_text.h"

namespace ax::cli {
namespace {

using Json = nlohmann::ordered_json;

struct ModelsOptions {
  std::string filter;
  bool json = false;
};

// "imagenet 0.875": the preset of mean and standard deviation, and crop_pct; more where it is not the usual.
std::string summary(const Preprocess& p) {
  std::string text = "other";
  for (const char* name : {"none", "imagenet", "half", "clip"}) {
    const Preprocess preset = preprocess_preset(name);
    if (preset.mean == p.mean && preset.std == p.std) text = name;
  }
  text += p.crop == Crop::squash ? " squash" : fmt::format(" {:.4g}", p.crop_pct);
  if (p.interpolation != Interpolation::bicubic) text += fmt::format(" {}", to_string(p.interpolation));
  return text;
}

// Published models whose names contain the filter; else the model of that name, which need not be published.
std::vector<std::string> names_for(const std::string& filter) {
  std::vector<std::string> names;
  for (const auto* all : {&vit_preset_names(), &point_preset_names()}) {
    for (const std::string& name : *all) {
      if (name.find(filter) != name.npos) names.push_back(name);
    }
  }
  if (names.empty()) {
    vit_preset_of(filter);
    names.push_back(filter);
  }
  return names;
}

Json json_of_points(const std::string& name) {
  const PointTransformerConfig c = point_preset(name);
  const ModelCount size = count_model(c);
  return {{"name", name},
          {"parameters", size.parameters},
          {"flops_per_cloud", size.flops},
          {"points", c.points},
          {"groups", c.groups},
          {"group_size", c.group_size},
          {"width", c.width},
          {"depth", c.depth},
          {"heads", c.heads},
          {"encoder", c.encoder},
          {"classes", c.classes}};
}

Json json_of(const std::string& name) {
  if (is_point_preset(name)) return json_of_points(name);
  const auto [config, preprocess, is_clip] = vit_preset_of(name);
  const ModelCount size = count_model(config);
  const auto list = [](const std::array<float, 3>& values) {
    return Json::array({shortest(values[0]), shortest(values[1]), shortest(values[2])});
  };
  return {{"name", name},
          {"parameters", size.parameters},
          {"flops_per_image", size.flops},
          {"image_size", config.image_size},
          {"patch_size", config.patch_size},
          {"width", config.width},
          {"depth", config.depth},
          {"heads", config.heads},
          {"classes", config.classes},
          {"preprocess",
           {{"size", preprocess.size},
            {"interpolation", to_string(preprocess.interpolation)},
            {"crop", to_string(preprocess.crop)},
            {"crop_pct", preprocess.crop_pct},
            {"mean", list(preprocess.mean)},
            {"std", list(preprocess.std)}}}};
}

void print_models(const std::vector<std::string>& names) {
  constexpr double kMega = 1e6, kGiga = 1e9;
  Table table({{"model"}, {"M params", true}, {"GFLOPs", true}, {"input", true}, {"preprocess"}});
  for (const std::string& name : names) {
    const ModelCount size = count_model(backbone_preset(name));
    std::string input, preprocess;
    if (is_point_preset(name)) {
      input = fmt::format("{} points", point_preset(name).points);
    } else {
      const VitPreset preset = vit_preset_of(name);
      input = fmt::format("{} px", preset.config.image_size);
      preprocess = summary(preset.preprocess);
    }
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
