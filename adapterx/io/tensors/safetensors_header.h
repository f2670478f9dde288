// The JSON header of a safetensors file, checked against the data that follow it. Internal to safetensors.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "adapterx/io/tensors/tensor_file.h"

namespace ax::safetensors {

inline constexpr std::string_view kMetadata = "__metadata__";

struct Header {
  TensorMap tensors;
  MetadataMap metadata;
};

// Throws Error naming `file`, the tensor, expected and got.
Header parse_header(const std::string& file, const std::string& text, std::span<const std::byte> data);

// The header of a file whose data are the tensors in the given order, padded to a multiple of 8 bytes.
std::string header_text(const std::string& file, std::span<const TensorMap::value_type* const> order,
                        const MetadataMap& metadata);

}  // namespace ax::safetensors
