// What a file of weights says of the vision transformer in it, and what a preset is.
#pragma once

#include <string_view>

#include "adapterx/io/tensors/tensor_file.h"
#include "adapterx/models/checkpoint/checkpoint_description.h"

namespace ax {

// Throws Error with the reason where the tensors are not those of a vision transformer under known names.
CheckpointDescription describe_vit(const TensorFile& file);

PresetDescription describe_vit_preset(std::string_view name);

}  // namespace ax
