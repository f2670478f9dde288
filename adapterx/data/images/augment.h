// What training does to its images at random. All is off by default; the order is that of the list.
#pragma once

#include <cstdint>
#include <string>

namespace ax {

struct AugmentOptions {
  // Instead of the preprocessing's resize and crop: a box of random area (part of the image's, uniform) and
  // ratio of width to height (log-uniform), resized to the input's size, as torchvision's RandomResizedCrop.
  bool random_resized_crop = false;
  double rrc_scale_min = 0.08, rrc_scale_max = 1;
  double rrc_ratio_min = 3.0 / 4, rrc_ratio_max = 4.0 / 3;

  // The resized image is padded by so many pixels on each side and cropped at random (CIFAR's habit: 4 of
  // 32).
  int64_t pad_crop = 0;
  bool pad_reflect = false;  // by its mirror image, else black

  double flip = 0;  // left-right, with this probability

  // RandAugment: so many operations, of torchvision's 14, at this magnitude of 0 to 30 (rand_augment.h).
  int64_t randaugment_ops = 0;
  double randaugment_magnitude = 9;

  // Colour jitter, as torchvision's, in random order: factors of [max(0, 1 - x), 1 + x], hue turned by up to
  // x of a full turn (at most 0.5).
  double brightness = 0, contrast = 0, saturation = 0, hue = 0;
  double grayscale = 0;  // probability

  // After normalisation, with this probability: noise N(0, 1) in a box of 2 % to 33 % of the image, as timm's
  // RandomErasing in mode "pixel".
  double erase = 0;

  // Of a whole batch, with the batch in reverse order, as timm's Mixup in mode "batch": images and targets
  // are lambda * own + (1 - lambda) * other; cutmix pastes a box of the other and corrects lambda to its
  // area. lambda is of Beta(x, x), 0: off. With both, one of the two is tossed for each batch.
  double mixup = 0, cutmix = 0;

  bool operator==(const AugmentOptions&) const = default;
};

// Whether batches carry targets of more than one class an image.
inline bool mixes_targets(const AugmentOptions& options) { return options.mixup > 0 || options.cutmix > 0; }

// Whether nothing is done.
bool is_off(const AugmentOptions& options);

// "flip 0.5, pad and crop 4, mixup 0.8", or "none".
std::string to_string(const AugmentOptions& options);

// Throws Error on values outside of what the comments say, and where random_resized_crop comes with pad_crop.
void check(const AugmentOptions& options);

}  // namespace ax
