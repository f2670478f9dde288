// The safetensors file format (https://github.com/huggingface/safetensors, "Format"): an 8-byte
// little-endian header length, a JSON header of dtype, shape and data_offsets by tensor name, the data.
#pragma once

#include <filesystem>

#include "adapterx/io/tensors/tensor_file.h"

namespace ax {

// Throws Error, naming file and tensor, expected and got, on anything the format forbids: a header longer
// than the file or than 100 MB, JSON of another form, a duplicate name, an unknown dtype, a shape of rank
// above 8 or with more bytes than its offsets, tensors that overlap, leave gaps or pass the file's end.
TensorFile read_safetensors(const FileBytes& file);
TensorFile read_safetensors(const std::filesystem::path& path);

// Writes a file readers see whole or not at all: under a temporary name in the same folder, synced, then
// renamed. Larger element types come first, so that every tensor is aligned. Throws Error naming the file
// on a failed write, and where a tensor has strides or data that differ in size from its shape and dtype.
void write_safetensors(const std::filesystem::path& path, const TensorMap& tensors,
                       const MetadataMap& metadata = {});

}  // namespace ax
