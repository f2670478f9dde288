#include "adapterx/models/vit/vit_presets.h"

#include <array>
#include <charconv>
#include <optional>

#include "adapterx/base/error.h"

namespace ax {
namespace {

struct Size {
  std::string_view name;
  int64_t width, depth, heads, clip_dim;
};
constexpr std::array<Size, 4> kSizes = {{{"tiny", 192, 12, 3, 512},
                                         {"small", 384, 12, 6, 512},
                                         {"base", 768, 12, 12, 512},
                                         {"large", 1024, 24, 16, 768}}};

// Reads a name from left to right.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  // A number of 1 to 4 digits without leading zeros.
  std::optional<int64_t> number() {
    int64_t value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc() || value < 1 || value > 9999 || rest_[0] == '0') return std::nullopt;
    rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
    return value;
  }

  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

const Size* take_size(Reader& reader) {
  for (const Size& size : kSizes) {
    if (reader.take(size.name)) return &size;
  }
  return nullptr;
}

void take_training(Reader& reader, const Size& size, VitPreset& preset) {
  VitConfig& c = preset.config;
  if (reader.take("_dinov2")) {
    c.layer_scale = true;
  } else if (reader.take("_clip")) {
    c.pre_norm = preset.is_clip = true;
    c.patch_bias = false;
    c.norm_eps = 1e-5f;
    c.act = reader.take("_quickgelu") ? Activation::quick_gelu : Activation::gelu_erf;
    c.classes = size.clip_dim;
    preset.preprocess = preprocess_preset("clip");
    return;
  } else if (!reader.take("_dino") && !reader.take("_mae")) {
    return;
  }
  c.classes = 0;
  preset.preprocess = preprocess_preset("imagenet");
}

std::optional<VitPreset> parse(std::string_view name) {
  Reader reader(name);
  VitPreset preset{{}, preprocess_preset("half"), false};
  VitConfig& c = preset.config;
  if (reader.take("deit_")) {
    preset.preprocess = preprocess_preset("imagenet");
    preset.preprocess.crop_pct = 0.9;
  } else if (!reader.take("vit_")) {
    return std::nullopt;
  }
  const Size* size = take_size(reader);
  if (size == nullptr) return std::nullopt;
  c.width = size->width;
  c.depth = size->depth;
  c.heads = size->heads;
  c.distilled = reader.take("_distilled");
  if (!reader.take("_patch")) return std::nullopt;
  const auto patch = reader.number();
  if (reader.take("_reg")) c.registers = reader.number().value_or(-1);
  take_training(reader, *size, preset);
  if (!reader.take("_")) return std::nullopt;
  const auto image = reader.number();
  if (!patch || !image || c.registers < 0 || !reader.done()) return std::nullopt;
  c.patch_size = *patch;
  c.image_size = preset.preprocess.size = *image;
  if (c.distilled) c.positioned_prefix = 2;
  return preset;
}

}  // namespace

VitPreset vit_preset_of(std::string_view name) {
  const auto preset = parse(name);
  if (!preset) {
    fail(
        "model `{}`: unknown; expected vit_{{tiny,small,base,large}}_patch<P>_<S> or one of `adapterx "
        "models`{}",
        name, did_you_mean(name, vit_preset_names()));
  }
  const VitConfig& c = preset->config;
  if (c.image_size % c.patch_size != 0) {
    fail("model `{}`: image size {} is not a multiple of patch size {}", name, c.image_size, c.patch_size);
  }
  return *preset;
}

const std::vector<std::string>& vit_preset_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const std::string_view size : {"tiny", "small", "base", "large"}) {
      for (const auto& [patch, image] : std::initializer_list<std::pair<int, int>>{
               {8, 224}, {14, 224}, {16, 224}, {16, 384}, {32, 224}, {32, 384}}) {
        all.push_back(fmt::format("vit_{}_patch{}_{}", size, patch, image));
      }
    }
    for (const std::string_view size : {"tiny", "small", "base"}) {
      all.push_back(fmt::format("deit_{}_patch16_224", size));
      all.push_back(fmt::format("deit_{}_distilled_patch16_224", size));
    }
    for (const char* name : {"deit_base_patch16_384",
                             "vit_small_patch16_dino_224",
                             "vit_small_patch8_dino_224",
                             "vit_base_patch16_dino_224",
                             "vit_base_patch8_dino_224",
                             "vit_base_patch16_mae_224",
                             "vit_large_patch16_mae_224",
                             "vit_small_patch14_dinov2_518",
                             "vit_base_patch14_dinov2_518",
                             "vit_large_patch14_dinov2_518",
                             "vit_small_patch14_reg4_dinov2_518",
                             "vit_base_patch14_reg4_dinov2_518",
                             "vit_large_patch14_reg4_dinov2_518",
                             "vit_base_patch32_clip_224",
                             "vit_base_patch16_clip_224",
                             "vit_large_patch14_clip_224",
                             "vit_large_patch14_clip_336",
                             "vit_base_patch32_clip_quickgelu_224",
                             "vit_base_patch16_clip_quickgelu_224",
                             "vit_large_patch14_clip_quickgelu_224",
                             "vit_large_patch14_clip_quickgelu_336"}) {
      all.emplace_back(name);
    }
    return all;
  }();
  return names;
}

}  // namespace ax
