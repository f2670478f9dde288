// From the tree of values of a checkpoint to tensors and metadata by name.
#pragma once

#include <string>

#include "adapterx/io/tensors/tensor_file.h"
#include "adapterx/io/tensors/torch_storage.h"

namespace ax::torch {

constexpr size_t kMaxTensors = 100'000;
constexpr size_t kMaxMetadata = 10'000;  // entries; later ones are left out
constexpr size_t kMaxName = 1000;        // bytes

struct Named {
  TensorMap tensors;
  MetadataMap metadata;
};

// Throws Error naming the file and the path where a container holds itself or lies deeper than 200 levels,
// two tensors have one name, or a limit is passed; shared containers are followed as often as they are found,
// within a limit.
Named flatten(const std::string& file, const Checkpoint& checkpoint);

}  // namespace ax::torch
