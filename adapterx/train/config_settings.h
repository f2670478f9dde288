// The settings of a training, described (base/setting.h): each list is bound to the struct that it is given.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapterx/base/setting.h"
#include "adapterx/data/model_input.h"
#include "adapterx/train/config.h"

namespace ax {

// Who has a setting, beside those of a kind of data (data/model_input.h).
inline constexpr std::string_view kOfMasked = "masked pretraining";

std::vector<Setting> model_settings(ModelConfig& model);
std::vector<Setting> data_settings(DataConfig& data);
std::vector<Setting> pretrain_settings(PretrainConfig& pretrain);
std::vector<Setting> optim_settings(OptimConfig& train);
std::vector<Setting> augment_settings(AugmentOptions& images, PointAugment& clouds);

// All of them and method.name, in the order in which they are written.
std::vector<Setting> config_settings(TrainConfig& config);

// "; did you mean `train.lr`?": the nearest of all sections and, where the method is known, of its settings.
std::string did_you_mean_key(const std::string& name, const TrainConfig& config);

}  // namespace ax
