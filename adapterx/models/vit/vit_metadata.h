// What a safetensors file of ours says about the vision transformer in it: its architecture and its
// preprocessing, as JSON texts under two keys of the metadata (models/checkpoint/metadata_keys.h). Shapes
// don't tell heads, activation and norm_eps, nor names under which library positions are resampled; with
// these, nothing has to be assumed. A file without "position_resample" is of the time when all positions were
// resampled as timm does: bicubic_antialias.
#pragma once

#include <optional>

#include "adapterx/data/images/preprocess.h"
#include "adapterx/io/tensors/tensor_file.h"
#include "adapterx/models/vit/vit.h"

namespace ax {

void write_vit_metadata(const VitConfig& config, const Preprocess& preprocess, MetadataMap& metadata);

struct VitMetadata {
  VitConfig config;
  Preprocess preprocess;
};

// Absent where the file says nothing, or is of another kind of model, whose metadata has a "kind". Throws
// Error naming file and key on JSON of another form and on values no model has.
std::optional<VitMetadata> read_vit_metadata(const TensorFile& file);

}  // namespace ax
