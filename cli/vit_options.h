// The options by which every command takes a model, its weights and its preprocessing.
#pragma once

#include <string>
#include <vector>

#include "adapterx/models/backbone.h"

namespace CLI {
class App;
}

namespace ax::cli {

struct VitOptions {
  std::string weights, model, act, preprocess, interpolation, crop;
  int64_t image_size = 0, heads = 0;
  double norm_eps = 0, crop_pct = 0;
  std::vector<float> mean, std;
  bool lenient = false;
};

void add_vit_options(CLI::App& command, VitOptions& options);

// Opens the checkpoint; errors in the options are UsageErrors, as are options that mean nothing to the kind
// of model in the file. Its preprocessing is the family's, then the named preset's, then that of each option
// given.
BackboneCheckpoint open_checkpoint(const VitOptions& options);

}  // namespace ax::cli
