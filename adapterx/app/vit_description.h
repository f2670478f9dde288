// What a file of weights says of the vision transformer in it.
#pragma once

#include "adapterx/app/checkpoint_description.h"
#include "adapterx/io/tensors/tensor_file.h"

namespace ax {

// Throws Error with the reason where the tensors are not those of a vision transformer under known names.
CheckpointDescription describe_vit(const TensorFile& file);

}  // namespace ax
