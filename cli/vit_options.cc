#include "cli/vit_options.h"

#include <CLI/CLI.hpp>

#include "adapterx/train/config_settings.h"
#include "adapterx/train/setup.h"
#include "cli/command.h"
#include "cli/text/setting_text.h"

namespace ax::cli {
namespace {

BackboneRequest request_of(const VitOptions& options) {
  BackboneRequest request;
  request.model = options.model;
  if (!options.model.name.empty())
    backbone_preset(options.model.name);  // an unknown name shows before the file is opened
  if (options.norm_eps > 0) request.norm_eps = static_cast<float>(options.norm_eps);
  if (!options.act.empty()) request.act = parse_activation(options.act);
  request.strict = !options.lenient;
  return request;
}

PreprocessSettings preprocess_of(const VitOptions& options) {
  PreprocessSettings settings = preprocess_settings(options.pixels);
  settings.mean = options.mean;
  settings.std = options.std;
  return settings;
}

// Options that mean nothing to the kind of model in the file.
void expect_options_of(const BackboneFamily& family, const VitOptions& options,
                       const BackboneRequest& request) {
  TrainConfig given;
  given.model = options.model;
  given.data = options.pixels;
  const std::string& weights = options.model.weights;
  if (const auto [name, of] = setting_of_other_data(given, family.input()->kind()); !name.empty()) {
    fail("{}: a {}; expected no options of {} with it, got {}", weights, family.noun(), of, name);
  }
  family.expect_options(weights, request);
}

}  // namespace

void add_vit_options(CLI::App& command, VitOptions& options) {
  constexpr const char* kModel = "Model";
  constexpr const char* kPixels = "Preprocessing (default: that of the weights' family)";
  const std::vector<Setting> model = model_settings(options.model), pixels = data_settings(options.pixels);
  const auto add = [&](const char* option, const std::vector<Setting>& settings, const char* name,
                       const char* group) {
    add_setting_option(command, option, settings, name);
    command.get_option(option)->group(group);
  };
  add("--weights", model, "model.weights", kModel);
  command.get_option("--weights")->required();
  add("--model", model, "model.name", kModel);
  command.get_option("--model")->description("Preset that the weights are of.");
  add("--image-size", model, "model.image_size", kModel);
  add("--heads", model, "model.heads", kModel);
  command.add_option("--act", options.act, "gelu, gelu_tanh, quick_gelu or relu")->group(kModel);
  command.add_option("--norm-eps", options.norm_eps, "Epsilon of the layer norms")
      ->check(CLI::PositiveNumber)
      ->group(kModel);
  command.add_flag("--lenient", options.lenient, "Leave out tensors of the file that nothing explains")
      ->group(kModel);
  add("--preprocess", pixels, "data.preprocess", kPixels);
  add("--interpolation", pixels, "data.interpolation", kPixels);
  add("--crop", pixels, "data.crop", kPixels);
  add("--crop-pct", pixels, "data.crop_pct", kPixels);
  command.add_option("--mean", options.mean, "Three numbers, of values in [0, 1]")
      ->expected(3)
      ->allow_extra_args(false)
      ->group(kPixels);
  command.add_option("--std", options.std, "Three numbers")
      ->expected(3)
      ->allow_extra_args(false)
      ->group(kPixels);
}

BackboneCheckpoint open_checkpoint(const VitOptions& options) {
  const BackboneRequest request = from_command_line([&] { return request_of(options); });
  const PreprocessSettings settings = preprocess_of(options);
  const auto file = open_backbone_file(options.model.weights);
  const BackboneFamily& family = family_of_file(*file);
  from_command_line([&] {
    expect_options_of(family, options, request);
    return family.input()->with(settings);
  });
  BackboneCheckpoint checkpoint = family.open(file, request);
  checkpoint.input = checkpoint.input->with(settings);
  return checkpoint;
}

}  // namespace ax::cli
