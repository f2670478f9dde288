// Keys of the metadata in safetensors files of ours, JSON texts each: what the tensors don't tell.
#pragma once

#include <string_view>

namespace ax {

constexpr std::string_view kModelKey = "adapterx.model";            // the architecture
constexpr std::string_view kPreprocessKey = "adapterx.preprocess";  // the model's input
constexpr std::string_view kClassesKey = "adapterx.classes";        // names, in the order of the logits
// Of files that need a backbone beside them (train/adapter_file.h).
constexpr std::string_view kBackboneKey = "adapterx.backbone";

}  // namespace ax
