// What a file of weights says of the point transformer in it, and what a preset is.
#pragma once

#include <string_view>

#include "adapterx/io/tensors/tensor_file.h"
#include "adapterx/models/checkpoint/checkpoint_description.h"

namespace ax {

// Throws Error with the reason where the tensors are not a whole one: incomplete, or an adapter.
CheckpointDescription describe_point_transformer(const TensorFile& file);

PresetDescription describe_point_preset(std::string_view name);

}  // namespace ax
