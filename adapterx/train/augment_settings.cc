#include "adapterx/train/config_settings.h"

#include <iterator>

namespace ax {
namespace {

std::vector<Setting> of_images(AugmentOptions& a) {
  const std::vector<std::string_view> images = {kOfImages};
  return {
      {"augment.random_resized_crop",
       &a.random_resized_crop,
       "Whether a random box is cut out and resized.",
       {},
       images},
      {"augment.rrc_scale_min",
       &a.rrc_scale_min,
       "Least area of the random box, of the image's.",
       {0, 1},
       images},
      {"augment.rrc_scale_max",
       &a.rrc_scale_max,
       "Largest area of the random box, of the image's.",
       {0, 1},
       images},
      {"augment.rrc_ratio_min",
       &a.rrc_ratio_min,
       "Least ratio of width to height of the random box.",
       {0, 100},
       images},
      {"augment.rrc_ratio_max",
       &a.rrc_ratio_max,
       "Largest ratio of width to height of the random box.",
       {0, 100},
       images},
      {"augment.pad_crop",
       &a.pad_crop,
       "Pixels of padding on each side before a random crop.",
       {0, 9999},
       images},
      {"augment.pad_reflect",
       &a.pad_reflect,
       "Whether the padding is the mirror image rather than black.",
       {},
       images},
      {"augment.flip", &a.flip, "Probability of a left-right flip.", {0, 1}, images},
      {"augment.randaugment_ops",
       &a.randaugment_ops,
       "Operations of RandAugment on an image.",
       {0, 14},
       images},
      {"augment.randaugment_magnitude",
       &a.randaugment_magnitude,
       "Magnitude of RandAugment's operations.",
       {0, 30},
       images},
      {"augment.brightness", &a.brightness, "Strength of the jitter of brightness.", {0, 100}, images},
      {"augment.contrast", &a.contrast, "Strength of the jitter of contrast.", {0, 100}, images},
      {"augment.saturation", &a.saturation, "Strength of the jitter of saturation.", {0, 100}, images},
      {"augment.hue", &a.hue, "Largest turn of the hue, as a part of a full turn.", {0, 0.5}, images},
      {"augment.grayscale", &a.grayscale, "Probability with which an image becomes grey.", {0, 1}, images},
      {"augment.erase", &a.erase, "Probability with which a random box becomes noise.", {0, 1}, images},
      {"augment.mixup",
       &a.mixup,
       "Alpha of the Beta distribution of mixup, or 0 for none.",
       {0, 100},
       images},
      {"augment.cutmix",
       &a.cutmix,
       "Alpha of the Beta distribution of CutMix, or 0 for none.",
       {0, 100},
       images}};
}

std::vector<Setting> of_clouds(PointAugment& a) {
  const std::vector<std::string_view> clouds = {kOfClouds};
  return {{"augment.rotate_y",
           &a.rotate_y,
           "Whether clouds are turned by a random angle about the y axis.",
           {},
           clouds},
          {"augment.scale_translate",
           &a.scale_translate,
           "Whether the axes of clouds are scaled by 2/3 to 3/2 and shifted by up to 0.2.",
           {},
           clouds},
          {"augment.jitter", &a.jitter, "Standard deviation of the noise on coordinates.", {0, 10}, clouds},
          {"augment.jitter_clip", &a.jitter_clip, "Largest noise on a coordinate.", {0, 10}, clouds},
          {"augment.point_dropout",
           &a.point_dropout,
           "Largest part of a cloud's points that is dropped.",
           {0, 0.99},
           clouds}};
}

}  // namespace

std::vector<Setting> augment_settings(AugmentOptions& images, PointAugment& clouds) {
  std::vector<Setting> all = of_images(images), more = of_clouds(clouds);
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return all;
}

}  // namespace ax
