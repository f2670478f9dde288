#include "adapterx/models/vit/vit_description.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>

#include "adapterx/base/error.h"
#include "adapterx/base/shortest.h"
#include "adapterx/data/images/preprocess.h"
#include "adapterx/models/checkpoint/foreign_names.h"
#include "adapterx/models/checkpoint/hf_config.h"
#include "adapterx/models/vit/detect_vit.h"
#include "adapterx/models/vit/vit_metadata.h"
#include "adapterx/models/vit/vit_presets.h"

namespace ax {
namespace {

struct Architecture {
  std::string family, title, root;  // of the key map that fits; where in the file the backbone lies
  VitConfig config;
  std::optional<int64_t> heads;      // absent where neither file nor config.json nor a rule says them
  std::vector<std::string> assumed;  // of "heads", "activation", "norm_eps": what the file doesn't say
  std::string preset;                // a model name of this architecture, whatever its head; or ""
};

// JAX keeps the heads as an axis of their own.
bool heads_in_shapes(const ForeignNames& names, const FoundKeyMap& found) {
  const TensorInfo* query = names.find(ForeignNames::at_root(found.root, found.map->signature));
  return found.map->family == "jax" && query != nullptr && query->shape.rank() == 3;
}

void find_heads(const ForeignNames& names, const FoundKeyMap& found, const HfConfig& hf, Architecture& a) {
  a.heads = hf.heads;
  if (a.heads) return;
  try {
    a.heads = detect_vit(names, found).heads;
    if (!heads_in_shapes(names, found)) a.assumed.emplace_back("heads");
  } catch (const Error&) {  // no multiple of 64 channels: unknown
  }
}

auto shape_of(const VitConfig& c) {
  return std::tuple(c.width, c.depth, c.hidden(), c.patch_size, c.channels, c.registers, c.distilled,
                    c.layer_scale, c.pre_norm, c.patch_bias, c.qkv_bias, c.pool, c.act);
}

// The published name, with its image size replaced where the file's is another.
std::string at_image_size(const std::string& name, int64_t image_size) {
  return fmt::format("{}_{}", name.substr(0, name.rfind('_')), image_size);
}

// Several trainings share an architecture; the family of the names tells some apart, then the head does.
std::string find_preset(const Architecture& a) {
  std::string best;
  int best_score = -1;
  for (const std::string& name : vit_preset_names()) {
    const VitConfig c = vit_preset(name);
    if (a.heads != c.heads || shape_of(c) != shape_of(a.config)) continue;
    const bool marked = name.find("_dino_") != name.npos || name.find("_mae_") != name.npos;
    const bool of_family = name.find("_" + a.family + "_") != name.npos;
    const int score = (c.image_size == a.config.image_size ? 4 : 0) + (of_family || !marked ? 1 : 0) +
                      (of_family ? 1 : 0) + (c.classes == a.config.classes ? 1 : 0);
    if (score <= best_score) continue;
    best = at_image_size(name, a.config.image_size);
    best_score = score;
  }
  try {
    if (!best.empty()) vit_preset_of(best);
  } catch (const Error&) {  // an image size that no name can have
    best.clear();
  }
  return best;
}

Architecture architecture_of(const ForeignNames& names, const FoundKeyMap& found) {
  const auto ours = read_vit_metadata(names.file());
  const HfConfig hf = ours ? HfConfig{ours->config.heads, ours->config.act, ours->config.norm_eps}
                           : read_hf_config(names.file().path());
  Architecture a;
  a.family = found.map->family;
  a.title = found.map->title;
  a.root = found.root;
  a.config = detect_vit(names, found, 1);
  if (ours) a.config.position_resample = ours->config.position_resample;
  find_heads(names, found, hf, a);
  a.config.act = hf.act.value_or(a.config.act);
  a.config.norm_eps = hf.norm_eps.value_or(a.config.norm_eps);
  if (!hf.act) a.assumed.emplace_back("activation");
  if (!hf.norm_eps) a.assumed.emplace_back("norm_eps");
  a.preset = find_preset(a);
  return a;
}

// "width 768, depth 12, 12 heads, MLP 3072, patch size 16, image size 224, ..."
std::string geometry_of(const Architecture& a) {
  const VitConfig& c = a.config;
  std::string text = fmt::format("width {}, depth {}, {}, MLP {}, patch size {}, image size {}", c.width,
                                 c.depth, a.heads ? fmt::format("{} heads", *a.heads) : "heads unknown",
                                 c.hidden(), c.patch_size, c.image_size);
  if (c.channels != 3) text += fmt::format(", {} channels", c.channels);
  text += c.classes > 0 ? fmt::format(", {} classes", c.classes) : ", no head";
  if (c.registers > 0) text += fmt::format(", {} registers", c.registers);
  if (c.distilled) text += ", distillation token";
  text += c.pool == Pool::mean ? ", mean pooling" : ", class token pooling";
  if (c.layer_scale) text += ", LayerScale";
  if (c.pre_norm) text += ", norm before the blocks";
  if (!c.qkv_bias) text += ", no qkv bias";
  return text + fmt::format(", {}, norm_eps {:g}, positions resampled by {}", to_string(c.act), c.norm_eps,
                            to_string(c.position_resample));
}

nlohmann::ordered_json json_of(const Architecture& a) {
  const VitConfig& c = a.config;
  nlohmann::ordered_json j = {{"kind", "vit"},
                              {"family", a.family},
                              {"title", a.title},
                              {"root", a.root},
                              {"width", c.width},
                              {"depth", c.depth},
                              {"heads", nullptr},
                              {"mlp_hidden", c.hidden()},
                              {"patch_size", c.patch_size},
                              {"image_size", c.image_size},
                              {"channels", c.channels},
                              {"classes", c.classes},
                              {"registers", c.registers},
                              {"distilled", c.distilled},
                              {"pooling", c.pool == Pool::mean ? "mean" : "class_token"},
                              {"layer_scale", c.layer_scale},
                              {"pre_norm", c.pre_norm},
                              {"qkv_bias", c.qkv_bias},
                              {"patch_bias", c.patch_bias},
                              {"activation", to_string(c.act)},
                              {"norm_eps", shortest(c.norm_eps)},
                              {"position_resample", to_string(c.position_resample)},
                              {"assumed", a.assumed},
                              {"preset", nullptr}};
  if (a.heads) j["heads"] = *a.heads;
  if (!a.preset.empty()) j["preset"] = a.preset;
  return j;
}

// "imagenet 0.875": the preset of mean and standard deviation, and crop_pct; more where it is not the usual.
std::string summary(const Preprocess& p) {
  std::string text = "other";
  for (const char* name : {"none", "imagenet", "half", "clip"}) {
    const Preprocess preset = preprocess_preset(name);
    if (preset.mean == p.mean && preset.std == p.std) text = name;
  }
  text += p.crop == Crop::squash ? " squash" : fmt::format(" {:.4g}", p.crop_pct);
  if (p.interpolation != Interpolation::bicubic) text += fmt::format(" {}", to_string(p.interpolation));
  return text;
}

nlohmann::ordered_json json_of(const VitConfig& config, const Preprocess& preprocess) {
  const auto list = [](const std::array<float, 3>& values) {
    return nlohmann::ordered_json::array({shortest(values[0]), shortest(values[1]), shortest(values[2])});
  };
  return {{"image_size", config.image_size},
          {"patch_size", config.patch_size},
          {"width", config.width},
          {"depth", config.depth},
          {"heads", config.heads},
          {"classes", config.classes},
          {"preprocess",
           {{"size", preprocess.size},
            {"interpolation", to_string(preprocess.interpolation)},
            {"crop", to_string(preprocess.crop)},
            {"crop_pct", preprocess.crop_pct},
            {"mean", list(preprocess.mean)},
            {"std", list(preprocess.std)}}}};
}

}  // namespace

PresetDescription describe_vit_preset(std::string_view name) {
  const VitPreset preset = vit_preset_of(name);
  return {fmt::format("{} px", preset.config.image_size), summary(preset.preprocess),
          json_of(preset.config, preset.preprocess).dump()};
}

CheckpointDescription describe_vit(const TensorFile& file) {
  const ForeignNames names(file);
  FoundKeyMap found;
  try {
    found = names.find_key_map();
  } catch (const Error&) {
    fail("the names are of no vision transformer known here");
  }
  const Architecture a = architecture_of(names, found);
  return {"vision transformer, names of " + a.title + (a.root.empty() ? "" : ", under " + a.root),
          geometry_of(a), a.assumed, a.preset,
          json_of(a).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

}  // namespace ax
