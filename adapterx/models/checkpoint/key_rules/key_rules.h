// Under which names, and in which layout, each library saves the parameters of a vision transformer. Ours are
// timm's. models/checkpoint/key_maps.h says how a file is recognised as one of them, and what `#` and `^`
// stand for.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace ax {

enum class Layout : uint8_t {
  same,        // ours, up to axes of length 1 or split ones ([H, d / H] for [d])
  transposed,  // [k, n] for our [n, k]: JAX's kernels, CLIP's projection
  hwio,        // [h, w, in, out] for our [out, in, h, w]
};

struct KeyRule {
  std::string_view ours;
  std::vector<std::string_view> theirs;  // several: stacked along our first axis (q, k, v)
  Layout layout = Layout::same;
};
using KeyRules = std::vector<KeyRule>;

KeyRules timm_keys();         // and of DeiT, MAE, DINO, DINOv2
KeyRules hf_vit_keys();       // Hugging Face's ViT and DeiT
KeyRules hf_vit_5_keys();     // the same in transformers 5's memory
KeyRules hf_dinov2_keys();    // with registers and without
KeyRules hf_dinov2_5_keys();  // the same in transformers 5's memory
KeyRules hf_clip_keys();      // the vision tower
KeyRules clip_keys();         // OpenAI's CLIP and open_clip: the image tower
KeyRules torchvision_keys();
KeyRules jax_keys();  // google-research/vision_transformer

}  // namespace ax
