#include "cli/vit_options.h"

#include <CLI/CLI.hpp>

#include "cli/command.h"

namespace ax::cli {
namespace {

BackboneRequest request_of(const VitOptions& options) {
  BackboneRequest request;
  request.model.name = options.model;
  if (!options.model.empty())
    backbone_preset(options.model);  // an unknown name shows before the file is opened
  request.model.image_size = options.image_size;
  request.model.heads = options.heads;
  if (options.norm_eps > 0) request.norm_eps = static_cast<float>(options.norm_eps);
  if (!options.act.empty()) request.act = parse_activation(options.act);
  request.strict = !options.lenient;
  return request;
}

PreprocessSettings preprocess_of(const VitOptions& options) {
  PreprocessSettings settings;
  settings.preset = options.preprocess;
  if (!options.interpolation.empty()) settings.interpolation = parse_interpolation(options.interpolation);
  if (!options.crop.empty()) settings.crop = parse_crop(options.crop);
  settings.crop_pct = options.crop_pct;
  settings.mean = options.mean;
  settings.std = options.std;
  return settings;
}

}  // namespace

void add_vit_options(CLI::App& command, VitOptions& options) {
  constexpr const char* kModel = "Model";
  constexpr const char* kPixels = "Preprocessing (default: that of the weights' family)";
  command.add_option("--weights", options.weights, "Checkpoint: safetensors, .pth, .pt, .bin or .npz")
      ->required()
      ->group(kModel);
  command.add_option("--model", options.model, "Preset the weights are of (default: read off the file)")
      ->group(kModel);
  command.add_option("--image-size", options.image_size, "Pixels of a side; positions are interpolated")
      ->check(CLI::Range(1, 9999))
      ->group(kModel);
  command.add_option("--heads", options.heads, "Attention heads, where width / 64 is wrong")
      ->check(CLI::Range(1, 1024))
      ->group(kModel);
  command.add_option("--act", options.act, "gelu, gelu_tanh, quick_gelu or relu")->group(kModel);
  command.add_option("--norm-eps", options.norm_eps, "Epsilon of the layer norms")
      ->check(CLI::PositiveNumber)
      ->group(kModel);
  command.add_flag("--lenient", options.lenient, "Leave out tensors of the file that nothing explains")
      ->group(kModel);
  command.add_option("--preprocess", options.preprocess, "none, imagenet, half or clip")->group(kPixels);
  command.add_option("--interpolation", options.interpolation, "nearest, bilinear, bicubic or lanczos")
      ->group(kPixels);
  command.add_option("--crop", options.crop, "center or squash")->group(kPixels);
  command.add_option("--crop-pct", options.crop_pct, "Part of the resized short side that the crop keeps")
      ->check(CLI::Range(0.01, 1.0))
      ->group(kPixels);
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
  const PreprocessSettings settings = from_command_line([&] { return preprocess_of(options); });
  const auto file = open_backbone_file(options.weights);
  const BackboneFamily& family = family_of_file(*file);
  from_command_line([&] {
    family.expect_settings(request);
    family.input()->with(settings);
    return true;
  });
  BackboneCheckpoint checkpoint = family.open(file, request);
  checkpoint.input = checkpoint.input->with(settings);
  return checkpoint;
}

}  // namespace ax::cli
