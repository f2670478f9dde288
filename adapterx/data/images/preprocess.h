// Preprocess: how an image becomes a model's input. It belongs to the weights: a model sees well only what
// its training saw.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapterx/kernels/pixels/resample.h"

namespace ax {

// center: the short side is resized to floor(size / crop_pct), the sides' ratio kept, and the middle
//   size x size cut out, as timm (`crop_mode="center"`) and torchvision (Resize, CenterCrop) do;
// squash: both sides are resized to `size` (VTAB-1K, Hugging Face's ViT).
using kernels::Interpolation;

enum class Crop : uint8_t { center, squash };

struct Preprocess {
  int64_t size = 224;  // of the square input, in pixels
  Interpolation interpolation = Interpolation::bicubic;
  Crop crop = Crop::center;
  double crop_pct = 0.875;
  std::array<float, 3> mean = {0, 0, 0}, std = {1, 1, 1};  // of values in [0, 1]: (x - mean) / std

  bool operator==(const Preprocess&) const = default;
};

// none      no normalisation, squash (the protocol of VTAB-1K's adapter papers)
// imagenet  mean and standard deviation of ImageNet, crop_pct 0.875
// half      to [-1, 1], crop_pct 0.9: google-research/vision_transformer and timm's vit_*
// clip      CLIP's mean and standard deviation, crop_pct 1
// All bicubic. Throws Error with the nearest name otherwise.
Preprocess preprocess_preset(std::string_view name);

// "bilinear", "bicubic", "lanczos", "nearest"; "center", "squash". Throw Error with the nearest name.
Interpolation parse_interpolation(std::string_view name);
Crop parse_crop(std::string_view name);
std::string_view to_string(Interpolation interpolation);
std::string_view to_string(Crop crop);

// "224 px, bicubic, center crop of 0.9, mean [0.5, 0.5, 0.5], std [0.5, 0.5, 0.5]"
std::string to_string(const Preprocess& preprocess);

// Throws Error on a size below 1, a crop_pct outside (0, 1] or a standard deviation that isn't positive.
void check(const Preprocess& preprocess);

}  // namespace ax
