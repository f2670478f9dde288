// The options by which every command takes a model, its weights and its preprocessing.
#pragma once

#include <string>
#include <vector>

#include "adapterx/models/backbone.h"
#include "adapterx/train/config.h"

namespace CLI {
class App;
}

namespace ax::cli {

struct VitOptions {
  ModelConfig model;  // weights, name, image_size, heads
  DataConfig pixels;  // preprocess, interpolation, crop, crop_pct
  std::string act;
  double norm_eps = 0;
  std::vector<float> mean, std;
  bool lenient = false;
};

void add_vit_options(CLI::App& command, VitOptions& options);

// Opens the checkpoint; errors in the options are UsageErrors, as are options that mean nothing to the kind
// of model in the file. Its preprocessing is the family's, then the named preset's, then that of each option
// given.
BackboneCheckpoint open_checkpoint(const VitOptions& options);

}  // namespace ax::cli
