#include "adapterx/models/points/point_checkpoint.h"

#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/models/points/point_family.h"
#include "adapterx/models/points/point_metadata.h"
#include "adapterx/models/points/point_names.h"
#include "adapterx/models/points/point_presets.h"

namespace ax {
namespace {

constexpr int64_t kHeadWidth = 64;  // of every published point transformer's attention

class Opener {
 public:
  Opener(std::shared_ptr<const TensorFile> file, const BackboneRequest& request)
      : file_(std::move(file)), request_(request), names_(*file_) {}

  PointCheckpoint run() {
    if (!names_.any()) {
      fail(
          "{}: expected a point transformer (a tensor `encoder.first_conv.0.weight` and blocks), got {} "
          "tensors",
          file_->path(), file_->tensors().size());
    }
    read_config();
    checkpoint_.plan = plan_checkpoint(file_, names_, point_backbone(in_file_)->parameters(),
                                       point_backbone(checkpoint_.config)->parameters(), request_.strict,
                                       checkpoint_.report);
    if (is_ours_) checkpoint_.report.family = "Adapter-X";
    return std::move(checkpoint_);
  }

 private:
  const Shape& shape_of(const std::string& name) const {
    const std::string* original = names_.original(name);
    if (original == nullptr) {
      fail("{}: `{}{}` is missing; is the file whole, and a point transformer?", file_->path(), names_.root(),
           name);
    }
    return file_->at(*original).shape;
  }

  int64_t rows_of(const std::string& name) const {
    const Shape& shape = shape_of(name);
    if (shape.rank() < 1 || shape[0] < 1) {
      fail("{}: `{}{}`: expected a weight, got {}", file_->path(), names_.root(), name, to_string(shape));
    }
    return shape[0];
  }

  bool has(std::string_view name) const { return names_.original(name) != nullptr; }

  // What the shapes tell.
  PointTransformerConfig config_of_shapes() const {
    PointTransformerConfig c;
    c.encoder = {rows_of("encoder.first_conv.0.weight"), rows_of("encoder.first_conv.3.weight"),
                 rows_of("encoder.second_conv.0.weight"), rows_of("encoder.second_conv.3.weight")};
    c.position_hidden = rows_of("pos_embed.0.weight");
    c.width = rows_of("pos_embed.2.weight");
    c.reduce_dim = has("reduce_dim.weight");
    c.depth = 0;
    while (has(fmt::format("blocks.{}.norm1.weight", c.depth))) ++c.depth;
    c.mlp_ratio = mlp_ratio_of(rows_of("blocks.0.mlp.fc1.weight"), c.width);
    c.heads = c.width % kHeadWidth == 0 ? c.width / kHeadWidth : 1;
    c.classes = has("head.8.weight") ? rows_of("head.8.weight") : 0;
    if (has("head.0.weight")) c.head_hidden = rows_of("head.0.weight");
    return c;
  }

  void read_config() {
    PointTransformerConfig& c = checkpoint_.config;
    c = config_of_shapes();
    if (const auto ours = read_point_metadata(*file_)) {
      const auto expect = [&](std::string_view what, int64_t stored, int64_t said) {
        if (stored != said) fail("{}: metadata: expected {} {}, got {}", file_->path(), what, stored, said);
      };
      expect("width", c.width, ours->config.width);
      expect("depth", c.depth, ours->config.depth);
      c = ours->config;
      checkpoint_.preprocess = ours->preprocess;
      is_ours_ = true;
    } else {
      c.points = 2048;
      c.groups = 128;
      checkpoint_.report.assumed.push_back(fmt::format("{} heads of {}", c.heads, c.width / c.heads));
    }
    if (!request_.model.name.empty()) take_preset(point_preset(request_.model.name));
    in_file_ = c;
    c.classes = request_.classes.value_or(c.classes);
    if (request_.positions_once) c.positions = PositionUse::once;
    apply(request_.model, c);
    checkpoint_.preprocess.points = c.points;
  }

  void take_preset(const PointTransformerConfig& preset) {
    PointTransformerConfig& c = checkpoint_.config;
    const auto expect = [&](std::string_view what, int64_t want, int64_t got) {
      if (want == got) return;
      fail("{}: expected {} {} for model `{}`, got {}", file_->path(), what, want, request_.model.name, got);
    };
    expect("width", preset.width, c.width);
    expect("depth", preset.depth, c.depth);
    for (size_t i = 0; i < c.encoder.size(); ++i) expect("encoder channels", preset.encoder[i], c.encoder[i]);
    c.points = preset.points;
    c.groups = preset.groups;
    c.group_size = preset.group_size;
    c.positions = preset.positions;
  }

  std::shared_ptr<const TensorFile> file_;
  const BackboneRequest& request_;
  const PointNames names_;
  PointTransformerConfig in_file_;  // what the file holds, before the request
  bool is_ours_ = false;            // written by this library
  PointCheckpoint checkpoint_;
};

}  // namespace

bool is_point_checkpoint(const TensorFile& file) { return PointNames(file).any(); }

PointCheckpoint open_point_checkpoint(const std::shared_ptr<const TensorFile>& file,
                                      const BackboneRequest& request) {
  return Opener(file, request).run();
}

void apply(const ModelConfig& m, PointTransformerConfig& c) {
  if (m.points > 0) c.points = m.points;
  if (m.groups > 0) c.groups = m.groups;
  if (m.group_size > 0) c.group_size = m.group_size;
  if (m.heads > 0) c.heads = m.heads;
  if (!m.positions.empty()) c.positions = parse_position_use(m.positions);
  if (!m.batch_norm.empty()) c.batch_norm = parse_frozen_batch_norm(m.batch_norm);
  if (!m.pool_prompts.empty()) c.pool_prompts = parse_token_pool(m.pool_prompts);
  if (!m.pool_groups.empty()) c.pool_groups = parse_token_pool(m.pool_groups);
}

}  // namespace ax
