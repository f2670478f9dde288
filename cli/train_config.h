// The settings of `adapterx train` and `adapterx pretrain`: defaults < file < command line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapterx/train/bundled_backbone.h"
#include "adapterx/train/config.h"

namespace CLI {
class App;
}

namespace ax::cli {

struct TrainOptions {
  std::string model, weights, image_size, data, method, config, out;
  std::vector<std::string> settings;  // key=value
  bool resume = false, dry_run = false;
};

// The run's folder where a dry run names none: nothing is written there.
inline constexpr const char* kNowhere = "nowhere";

void add_train_options(CLI::App& command, TrainOptions& options, const TrainConfig& defaults = {});

// The run's settings, checked. A resumed run takes the run folder's config.toml for the file; settings that
// would change what is trained are refused later, by the checkpoint. Errors in what was typed are
// UsageErrors.
//
// `defaults`: a command's own. `bundled`: where the settings name no backbone, they get the one that comes
// with the program, and this says so; null: there is none by default. Masked pretraining has none either.
TrainConfig resolve_config(const TrainOptions& options, const TrainConfig& defaults = {},
                           std::optional<BundledChoice>* bundled = nullptr);

}  // namespace ax::cli
