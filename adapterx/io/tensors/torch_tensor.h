// Tensors of a pickle of PyTorch: a storage, and the shape and strides of a view of it.
#pragma once

#include <string>

#include "adapterx/io/tensors/pickle.h"
#include "adapterx/io/tensors/tensor_file.h"
#include "adapterx/io/tensors/torch_storage.h"

namespace ax::torch {

// A tensor that repeats elements of its storage (expand) may have this many, or as many as its storage.
constexpr int64_t kMaxRepeated = int64_t{1} << 24;

// What the functions torch._utils._rebuild_tensor* give for `args`: (storage, offset, size, stride) and,
// since v2, requires_grad, hooks, [dtype in v3], [metadata]. Throws Error starting with `where` where they
// are of another form, a stride or the offset is negative, or an element lies outside of the storage.
TensorInfo rebuild_tensor(const std::string& where, const Checkpoint& checkpoint, std::string_view function,
                          pickle::Ref args);

}  // namespace ax::torch
