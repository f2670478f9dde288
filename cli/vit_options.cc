#include "cli/vit_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "adapterx/models/vit_presets.h"
#include "adapterx/train/config_settings.h"
#include "adapterx/train/setup.h"
#include "cli/command.h"
#include "cli/setting_text.h"

namespace ax::cli {
namespace {

VitRequest request_of(const VitOptions& options) {
  VitRequest request;
  request.model = options.model.name;
  if (!request.model.empty())
    vit_preset_of(request.model);  // an unknown name shows before the file is opened
  if (options.model.image_size > 0) request.image_size = options.model.image_size;
  if (options.model.heads > 0) request.heads = options.model.heads;
  if (options.norm_eps > 0) request.norm_eps = static_cast<float>(options.norm_eps);
  if (!options.act.empty()) request.act = parse_activation(options.act);
  request.strict = !options.lenient;
  return request;
}

Preprocess preprocess_of(const VitOptions& options, const Preprocess& family) {
  Preprocess p = image_preprocess(options.pixels, family);
  if (!options.mean.empty()) std::ranges::copy(options.mean, p.mean.begin());
  if (!options.std.empty()) std::ranges::copy(options.std, p.std.begin());
  check(p);
  return p;
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

VitCheckpoint open_checkpoint(const VitOptions& options) {
  const VitRequest request = from_command_line([&] { return request_of(options); });
  from_command_line([&] { return preprocess_of(options, {}); });
  VitCheckpoint checkpoint = open_vit_checkpoint(options.model.weights, request);
  checkpoint.preprocess = preprocess_of(options, checkpoint.preprocess);
  return checkpoint;
}

PlainCheckpoint open_plain_checkpoint(const VitOptions& options) {
  if (!holds_point_backbone(options.model.weights)) {
    VitCheckpoint c = open_checkpoint(options);
    return {{c.config, c.preprocess, std::move(c.report), std::move(c.source), c.has_head}, c.is_projection};
  }
  TrainConfig given;
  given.model = options.model;
  given.data = options.pixels;
  const bool of_images = !setting_of_other_data(given, kOfClouds).empty() || options.norm_eps > 0 ||
                         !options.act.empty() || !options.mean.empty() || !options.std.empty();
  if (of_images) {
    throw UsageError(options.model.weights + ": a point transformer; expected no options of images with it");
  }
  PointRequest request;
  request.model = options.model.name;
  if (options.model.heads > 0) request.heads = options.model.heads;
  request.strict = !options.lenient;
  return {open_backbone(options.model.weights, request), false};
}

}  // namespace ax::cli
