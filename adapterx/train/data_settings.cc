#include "adapterx/train/config_settings.h"

namespace ax {
namespace {

constexpr double kMany = 1e9;

Choice interpolation_choice(std::optional<Interpolation>& value) {
  return one_of(value, {{"", std::nullopt},
                        {"nearest", Interpolation::nearest},
                        {"bilinear", Interpolation::bilinear},
                        {"bicubic", Interpolation::bicubic},
                        {"lanczos", Interpolation::lanczos}});
}

}  // namespace

std::vector<Setting> data_settings(DataConfig& d) {
  const std::vector<std::string_view> images = {kOfImages}, clouds = {kOfClouds};
  return {
      {"data.path", &d.path,
       "Folder, list or file of images or point clouds, or the name of a source of images."},
      {"data.format",
       one_of(d.format, {"auto", "folder", "vtab", "csv", "idx", "scanobjectnn", "modelnet", "fewshot", "npz",
                         "shapes"}),
       "Layout of the data; auto is what the path holds."},
      {"data.labels", one_of(d.labels, {{"first", LabelsTaken::first}, {"all", LabelsTaken::all}}),
       "Which of several label sets of the images is learned: the first, or all with a head for each."},
      {"data.val_fraction",
       &d.val_fraction,
       "Part of the training samples taken for validation where the data have no validation split.",
       {0, 0.99}},
      {"data.train_size",
       &d.train_size,
       "Training samples drawn, stratified by class, or 0 for all.",
       {0, kMany}},
      {"data.val_size",
       &d.val_size,
       "Validation samples drawn, stratified by class, or 0 for all.",
       {0, kMany}},
      {"data.test_size", &d.test_size, "Test samples drawn, stratified by class, or 0 for all.", {0, kMany}},
      {"data.class_names", &d.class_names, "File of the classes' names, a name a line."},
      {"data.split_seed", &d.split_seed, "Seed of the draw of splits and subsets."},
      {"data.train_on",
       one_of(d.train_on, {{"train", TrainOn::train}, {"train+val", TrainOn::train_and_val}}),
       "Splits that are trained on; train+val is for a final run."},
      {"data.use_test", &d.use_test, "Whether the test samples are tested at the end, or never opened."},
      {"data.preprocess",
       one_of(d.preprocess, {"", "none", "imagenet", "half", "clip"}),
       "Preprocessing of the images; empty is that of the weights.",
       {},
       images},
      {"data.interpolation",
       interpolation_choice(d.interpolation),
       "Interpolation by which images are resized; empty is that of the weights.",
       {},
       images},
      {"data.crop",
       one_of(d.crop, {{"", std::nullopt}, {"center", Crop::center}, {"squash", Crop::squash}}),
       "Whether images are cropped in the middle or squashed to a square; empty is as the weights.",
       {},
       images},
      {"data.crop_pct",
       &d.crop_pct,
       "Part of the resized short side that the crop keeps, or 0 for that of the weights.",
       {0, 1},
       images},
      {"data.variant",
       &d.variant,
       "Which set of a format: OBJ_BG, OBJ_ONLY or PB_T50_RS of ScanObjectNN, 5way10shot/0 of few-shot "
       "folds.",
       {},
       clouds},
      {"data.unit_sphere",
       one_of(d.unit_sphere, {{"", std::nullopt}, {"true", true}, {"false", false}}),
       "Whether clouds are centred and scaled to radius 1; empty is as the format's protocol has it.",
       {},
       clouds},
      {"data.min_class_size",
       &d.min_class_size,
       "Least number of clouds of a class; smaller classes are left out.",
       {0, kMany},
       clouds},
      {"data.sample_points",
       &d.sample_points,
       "Points drawn of a mesh, or 0 for as many as the weights were trained on (4,096 if unknown).",
       {0, 1 << 20},
       clouds},
      {"data.cache_mb",
       &d.cache_mb,
       "Megabytes for decoded samples, three quarters of them for training and one for evaluation.",
       {0, kMany}},
      {"data.loader_threads",
       &d.loader_threads,
       "Threads that decode samples, or 0 for all cores.",
       {0, 1024}}};
}

}  // namespace ax
