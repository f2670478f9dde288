// config.json, which Hugging Face's libraries keep beside a model's weights: what the weights alone don't
// say.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "adapterx/kernels/elementwise/activation.h"

namespace ax {

struct HfConfig {
  std::optional<int64_t> heads;
  std::optional<Activation> act;
  std::optional<float> norm_eps;
};

// Of the config.json in the folder of a weights file: num_attention_heads, hidden_act, layer_norm_eps, of its
// "vision_config" where it has one. Empty where there is no such file, or one of another library. Throws
// Error naming the file on broken JSON, an unknown activation or a value of another type.
HfConfig read_hf_config(const std::filesystem::path& weights);

}  // namespace ax
