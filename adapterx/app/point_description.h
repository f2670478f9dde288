// What a file of weights says of the point transformer in it.
#pragma once

#include "adapterx/app/checkpoint_description.h"
#include "adapterx/io/tensors/tensor_file.h"

namespace ax {

// Throws Error with the reason where the tensors are not a whole one: incomplete, or an adapter.
CheckpointDescription describe_point_transformer(const TensorFile& file);

}  // namespace ax
