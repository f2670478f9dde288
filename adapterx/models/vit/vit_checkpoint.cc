#include "adapterx/models/vit/vit_checkpoint.h"

#include "adapterx/base/error.h"
#include "adapterx/models/checkpoint/hf_config.h"
#include "adapterx/models/vit/detect_vit.h"
#include "adapterx/models/vit/vit_family.h"
#include "adapterx/models/vit/vit_metadata.h"
#include "adapterx/models/vit/vit_names.h"
#include "adapterx/models/vit/vit_presets.h"

namespace ax {
namespace {

class Opener {
 public:
  Opener(std::shared_ptr<const TensorFile> file, const BackboneRequest& request)
      : file_(std::move(file)), request_(request), names_(*file_), found_(names_.find_key_map()) {}

  VitCheckpoint run() {
    if (!request_.model.name.empty()) preset_ = vit_preset_of(request_.model.name);
    metadata_ = read_vit_metadata(*file_);
    resolve_config();
    const VitConfig& config = checkpoint_.config;
    const VitNames vit_names(names_, found_, {in_file_.positioned_prefix, config.position_resample});
    checkpoint_.plan = plan_checkpoint(file_, vit_names, vit_backbone(in_file_)->parameters(),
                                       vit_backbone(config)->parameters(), request_.strict, report());
    checkpoint_.is_projection = checkpoint_.plan.has_head && !checkpoint_.plan.has_head_bias;
    checkpoint_.preprocess = preset_     ? preset_->preprocess
                             : metadata_ ? metadata_->preprocess
                                         : found_.map->preprocess;
    checkpoint_.preprocess.size = config.image_size;
    return std::move(checkpoint_);
  }

 private:
  LoadReport& report() { return checkpoint_.report; }

  void resolve_config() {
    const HfConfig hf =
        metadata_ ? HfConfig{metadata_->config.heads, metadata_->config.act, metadata_->config.norm_eps}
                  : read_hf_config(file_->path());
    std::optional<int64_t> heads;
    if (request_.model.heads > 0) heads = request_.model.heads;
    if (!heads && preset_) heads = preset_->config.heads;
    if (!heads) heads = hf.heads;
    in_file_ = detect_vit(names_, found_, heads);
    if (preset_) expect_preset(preset_->config);
    VitConfig& c = checkpoint_.config = in_file_;
    if (preset_ && preset_->is_clip) {
      c.act = preset_->config.act;
      c.norm_eps = preset_->config.norm_eps;
    }
    if (preset_) c.image_size = preset_->config.image_size;
    if (request_.model.image_size > 0) c.image_size = request_.model.image_size;
    c.classes = request_.classes.value_or(c.classes);
    if (metadata_) c.position_resample = metadata_->config.position_resample;
    c.position_resample = request_.position_resample.value_or(c.position_resample);
    c.act = request_.act.value_or(hf.act.value_or(c.act));
    c.norm_eps = request_.norm_eps.value_or(hf.norm_eps.value_or(c.norm_eps));
    const bool is_clip = preset_ && preset_->is_clip;
    if (!heads) report().assumed.push_back(fmt::format("{} heads of {}", c.heads, c.width / c.heads));
    if (!request_.act && !hf.act && !is_clip) report().assumed.emplace_back(to_string(c.act));
    if (!request_.norm_eps && !hf.norm_eps && !is_clip) {
      report().assumed.push_back(fmt::format("norm_eps {:g}", c.norm_eps));
    }
  }

  void expect_preset(const VitConfig& preset) const {
    const auto expect = [&](std::string_view what, int64_t want, int64_t got) {
      if (want == got) return;
      fail(
          "{}: expected {} {} for model `{}`, got {}; the file holds a ViT of width {}, depth {}, patch size "
          "{}",
          file_->path(), what, want, request_.model.name, got, in_file_.width, in_file_.depth,
          in_file_.patch_size);
    };
    expect("width", preset.width, in_file_.width);
    expect("depth", preset.depth, in_file_.depth);
    expect("patch size", preset.patch_size, in_file_.patch_size);
    expect("registers", preset.registers, in_file_.registers);
  }

  std::shared_ptr<const TensorFile> file_;
  const BackboneRequest& request_;
  ForeignNames names_;
  FoundKeyMap found_;
  std::optional<VitPreset> preset_;
  std::optional<VitMetadata> metadata_;
  VitConfig in_file_;  // what the file holds, before the request
  VitCheckpoint checkpoint_;
};

}  // namespace

VitCheckpoint open_vit_checkpoint(const std::shared_ptr<const TensorFile>& file,
                                  const BackboneRequest& request) {
  return Opener(file, request).run();
}

}  // namespace ax
