#include "adapterx/train/config_settings.h"

#include <iterator>

namespace ax {

std::vector<Setting> model_settings(ModelConfig& m) {
  const std::vector<std::string_view> images = {kOfImages}, clouds = {kOfClouds};
  return {
      {"model.name", &m.name,
       "Preset that the weights are of, or that is trained from scratch without weights."},
      {"model.weights", &m.weights,
       "Checkpoint of the backbone: safetensors, .pth, .pt, .bin, .onnx or .npz."},
      {"model.width", &m.width, "Channels of a token, or 0 for those of the weights.", {0, 1e5}},
      {"model.depth", &m.depth, "Blocks of the backbone, or 0 for those of the weights.", {0, 1000}},
      {"model.heads",
       &m.heads,
       "Attention heads of a block, or 0 for those of the weights; needed where the file doesn't tell and "
       "width / 64 is wrong.",
       {0, 1024}},
      {"model.patch_size",
       &m.patch_size,
       "Side of a patch in pixels, or 0 for that of the weights.",
       {0, 9999},
       images},
      {"model.image_size",
       &m.image_size,
       "Side of the input in pixels, to which positions are resampled, or 0 for that of the weights.",
       {0, 9999},
       images},
      {"model.mlp_ratio",
       &m.mlp_ratio,
       "Hidden width of the FFN divided by the width, or 0 for that of the weights.",
       {0, 100}},
      {"model.points", &m.points, "Points of a cloud, or 0 for those of the weights.", {0, 1 << 20}, clouds},
      {"model.groups",
       &m.groups,
       "Groups of points, a token each, or 0 for those of the weights.",
       {0, 1 << 16},
       clouds},
      {"model.group_size",
       &m.group_size,
       "Points of a group, or 0 for those of the weights.",
       {0, 1 << 16},
       clouds},
      {"model.positions",
       one_of(m.positions, {"", "every_block", "once"}),
       "Whether positions of groups are added once or before every block; empty is as the method was "
       "published, else as the weights.",
       {},
       clouds},
      {"model.batch_norm",
       one_of(m.batch_norm, {"", "update", "fixed"}),
       "Whether a frozen point encoder updates its running statistics, as published, or keeps them fixed.",
       {},
       clouds},
      {"model.pool_prompts",
       one_of(m.pool_prompts, {"", "none", "mean", "max"}),
       "What the head is given of a method's prompts; empty is their mean.",
       {},
       clouds},
      {"model.pool_groups",
       one_of(m.pool_groups, {"", "none", "mean", "max"}),
       "What the head is given of the groups; empty is their maximum.",
       {},
       clouds}};
}

std::vector<Setting> pretrain_settings(PretrainConfig& p) {
  const std::vector<std::string_view> masked = {kOfMasked}, masked_images = {kOfImages, kOfMasked};
  return {{"pretrain.objective",
           one_of(p.objective, {{"classes", Objective::classes}, {"masked", Objective::masked}}),
           "What is learned: the classes, or to fill in masked patches or groups of points."},
          {"pretrain.mask_ratio",
           &p.mask_ratio,
           "Part of the patches or groups that is masked, or 0 for 0.75 of patches and 0.6 of groups.",
           {0, 0.999},
           masked},
          {"pretrain.decoder_depth", &p.decoder_depth, "Blocks of the decoder.", {1, 1000}, masked},
          {"pretrain.decoder_width",
           &p.decoder_width,
           "Channels of a token in the decoder, or 0 for the encoder's width.",
           {0, 1e5},
           masked_images},
          {"pretrain.decoder_heads",
           &p.decoder_heads,
           "Attention heads of the decoder, or 0 for heads as wide as the encoder's.",
           {0, 1024},
           masked},
          {"pretrain.norm_pix_loss",
           &p.norm_pix_loss,
           "Whether the pixels of each patch to fill in are normalised to mean 0 and variance 1.",
           {},
           masked_images}};
}

std::vector<Setting> config_settings(TrainConfig& config) {
  std::vector<Setting> all;
  const auto add = [&](std::vector<Setting> more) {
    all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  };
  add(model_settings(config.model));
  add(data_settings(config.data));
  add({{"method.name", &config.method.name,
        "Name of the method, one of those that `adapterx methods` lists."}});
  add(pretrain_settings(config.pretrain));
  add(optim_settings(config.train));
  add(augment_settings(config.augment, config.point_augment));
  return all;
}

}  // namespace ax
