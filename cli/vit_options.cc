#include "cli/vit_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "adapterx/models/vit_presets.h"
#include "cli/command.h"

namespace ax::cli {
namespace {

VitRequest request_of(const VitOptions& options) {
  VitRequest request;
  request.model = options.model;
  if (!options.model.empty())
    vit_preset_of(options.model);  // an unknown name shows before the file is opened
  if (options.image_size > 0) request.image_size = options.image_size;
  if (options.heads > 0) request.heads = options.heads;
  if (options.norm_eps > 0) request.norm_eps = static_cast<float>(options.norm_eps);
  if (!options.act.empty()) request.act = parse_activation(options.act);
  request.strict = !options.lenient;
  return request;
}

Preprocess preprocess_of(const VitOptions& options, const Preprocess& family) {
  Preprocess p = options.preprocess.empty() ? family : preprocess_preset(options.preprocess);
  p.size = family.size;
  if (!options.interpolation.empty()) p.interpolation = parse_interpolation(options.interpolation);
  if (!options.crop.empty()) p.crop = parse_crop(options.crop);
  if (options.crop_pct > 0) p.crop_pct = options.crop_pct;
  if (!options.mean.empty()) std::ranges::copy(options.mean, p.mean.begin());
  if (!options.std.empty()) std::ranges::copy(options.std, p.std.begin());
  check(p);
  return p;
}

VitRequest checked_request(const VitOptions& options) {
  return from_command_line([&] {
    const VitRequest request = request_of(options);
    preprocess_of(options, {});
    return request;
  });
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

VitCheckpoint open_checkpoint(const VitOptions& options) {
  const VitRequest request = checked_request(options);
  VitCheckpoint checkpoint = open_vit_checkpoint(options.weights, request);
  checkpoint.preprocess = preprocess_of(options, checkpoint.preprocess);
  return checkpoint;
}

PlainCheckpoint open_plain_checkpoint(const VitOptions& options) {
  if (!holds_point_backbone(options.weights)) {
    PlainCheckpoint checkpoint = ax::open_plain_checkpoint(options.weights, checked_request(options));
    checkpoint.preprocess = preprocess_of(options, std::get<Preprocess>(checkpoint.preprocess));
    return checkpoint;
  }
  const bool of_images = options.image_size > 0 || options.norm_eps > 0 || options.crop_pct > 0 ||
                         !options.act.empty() || !options.preprocess.empty() ||
                         !options.interpolation.empty() || !options.crop.empty() || !options.mean.empty() ||
                         !options.std.empty();
  if (of_images) {
    throw UsageError(options.weights + ": a point transformer; expected no options of images with it");
  }
  PointRequest request;
  request.model = options.model;
  if (options.heads > 0) request.heads = options.heads;
  request.strict = !options.lenient;
  return ax::open_plain_checkpoint(options.weights, request);
}

}  // namespace ax::cli
