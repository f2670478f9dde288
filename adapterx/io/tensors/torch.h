// PyTorch checkpoints (.pt, .pth, .bin): what torch.save writes, in its zip format (since 1.6), its legacy
// format, and TorchScript archives (torch.jit.save).
//
// They hold a pickle, which in Python is a program. Here it is data: a whitelist of opcodes and names
// (torch_globals.cc) builds tensors, containers and scalars, and anything else is refused by name. Nothing is
// ever run.
#pragma once

#include "adapterx/io/tensors/tensor_file.h"

namespace ax {

// Tensors are named by their path through dicts, lists and objects, joined with dots:
// {"model": {"blocks.0.norm1.weight": t}} gives "model.blocks.0.norm1.weight"; a tensor that is the whole
// object is "tensor". Numbers, texts and None go to metadata() under their path, the first 10,000 of them,
// and texts above 1000 bytes are cut. Views keep their strides, and share the mapping where storages are
// shared. The CRCs of stored entries are not checked: that would read all of the file.
//
// Throws Error naming the file, the place and the cause. Refused are sparse, quantised, meta, conjugated and
// negated tensors, big-endian files, whole modules, the tar format of before 0.1.10, pickles above 64 MB.
TensorFile read_torch(const FileBytes& file);

}  // namespace ax
