// The options by which every command takes a model, its weights and its preprocessing.
#pragma once

#include <string>
#include <vector>

#include "adapterx/models/backbone.h"
#include "adapterx/models/vit_checkpoint.h"
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

// Opens the checkpoint; errors in the options are UsageErrors. Its preprocessing is the family's, then the
// named preset's, then that of each option given.
VitCheckpoint open_checkpoint(const VitOptions& options);

// The same of either kind of transformer. Of point transformers --model, --heads and --lenient mean
// something; another option is a UsageError.
struct PlainCheckpoint : BackboneCheckpoint {
  bool is_projection = false;  // VitCheckpoint::is_projection
};
PlainCheckpoint open_plain_checkpoint(const VitOptions& options);

}  // namespace ax::cli
