#include "adapterx/models/checkpoint/hf_config.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "adapterx/base/error.h"

namespace ax {
namespace {

using Json = nlohmann::json;

Activation parse_activation(const std::string& file, const std::string& name) {
  if (name == "gelu") return Activation::gelu_erf;
  if (name == "quick_gelu") return Activation::quick_gelu;
  if (name == "gelu_new" || name == "gelu_pytorch_tanh" || name == "gelu_fast") return Activation::gelu_tanh;
  if (name == "relu") return Activation::relu;
  fail("{}: hidden_act: expected gelu, quick_gelu, gelu_pytorch_tanh or relu, got {}", file, name);
}

// The files that Hugging Face's libraries write; others in the folder are not this config's.
bool is_hf_name(const std::filesystem::path& weights) {
  const std::string name = weights.filename().string();
  return name == "model.safetensors" || name == "pytorch_model.bin" || name == "pytorch_model.safetensors";
}

}  // namespace

HfConfig read_hf_config(const std::filesystem::path& weights) {
  const std::filesystem::path path = weights.parent_path() / "config.json";
  std::ifstream in(path);
  if (!is_hf_name(weights) || !in) return {};
  const std::string file = path.string();
  HfConfig config;
  try {
    const Json json = Json::parse(in);
    const Json& vision = json.contains("vision_config") ? json.at("vision_config") : json;
    if (vision.contains("num_attention_heads"))
      config.heads = vision.at("num_attention_heads").get<int64_t>();
    if (vision.contains("layer_norm_eps")) config.norm_eps = vision.at("layer_norm_eps").get<float>();
    if (vision.contains("hidden_act")) {
      config.act = parse_activation(file, vision.at("hidden_act").get<std::string>());
    }
  } catch (const Json::exception& e) {
    fail("{}: expected a model's configuration, got {}", file, e.what());
  }
  return config;
}

}  // namespace ax
