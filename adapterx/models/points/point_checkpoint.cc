#include "adapterx/models/points/point_checkpoint.h"

#include <map>
#include <memory>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/models/points/point_metadata.h"
#include "adapterx/models/points/point_names.h"
#include "adapterx/models/points/point_presets.h"
#include "adapterx/models/vit/vit_metadata.h"

namespace ax {
namespace {

constexpr int64_t kHeadWidth = 64;  // of every published point transformer's attention

bool is_head(std::string_view name) { return name.starts_with("head."); }
bool is_class_token(std::string_view name) { return name == "cls_token" || name == "cls_pos"; }

class Opener {
 public:
  Opener(std::shared_ptr<const TensorFile> file, const PointRequest& request)
      : file_(std::move(file)), request_(request), names_(find_point_names(*file_)) {}

  PointCheckpoint run() {
    if (names_.tensors.empty()) {
      fail(
          "{}: expected a point transformer (a tensor `encoder.first_conv.0.weight` and blocks), got {} "
          "tensors",
          file_->path(), file_->tensors().size());
    }
    read_config();
    take_parameters();
    account_for_the_rest();
    LoadReport& report = checkpoint_.report;
    report.file = file_->path();
    report.format = file_->format();
    report.family = names_.family;
    report.root = names_.root;
    checkpoint_.source = [file = file_, tensors = std::move(taken_)](
                             std::string_view name, const Shape& shape, std::span<float> out) {
      const auto found = tensors.find(name);
      if (found == tensors.end()) {
        if (!is_class_token(name)) return false;
        initialise(Init::trunc_normal(0.02f), name, shape, 0, out);
        return true;
      }
      file->copy_f32(found->second, out);
      file->release(found->second);
      return true;
    };
    return std::move(checkpoint_);
  }

 private:
  const Shape& shape_of(const std::string& name) const {
    const auto found = names_.tensors.find(name);
    if (found == names_.tensors.end()) {
      fail("{}: `{}{}` is missing; is the file whole, and a point transformer?", file_->path(), names_.root,
           name);
    }
    return file_->at(found->second).shape;
  }

  int64_t rows_of(const std::string& name) const {
    const Shape& shape = shape_of(name);
    if (shape.rank() < 1 || shape[0] < 1) {
      fail("{}: `{}{}`: expected a weight, got {}", file_->path(), names_.root, name, to_string(shape));
    }
    return shape[0];
  }

  bool has(std::string_view name) const { return names_.tensors.contains(name); }

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
    c.mlp_ratio = static_cast<float>(rows_of("blocks.0.mlp.fc1.weight")) / static_cast<float>(c.width);
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
      names_.family = "Adapter-X";
    } else {
      c.points = 2048;
      c.groups = 128;
      checkpoint_.report.assumed.push_back(fmt::format("{} heads of {}", c.heads, c.width / c.heads));
    }
    if (!request_.model.empty()) take_preset(point_preset(request_.model));
    in_file_classes_ = c.classes;
    c.points = request_.points.value_or(c.points);
    c.groups = request_.groups.value_or(c.groups);
    c.group_size = request_.group_size.value_or(c.group_size);
    c.classes = request_.classes.value_or(c.classes);
    c.heads = request_.heads.value_or(c.heads);
    c.positions = request_.positions.value_or(c.positions);
    c.batch_norm = request_.batch_norm.value_or(c.batch_norm);
    c.pool_prompts = request_.pool_prompts.value_or(c.pool_prompts);
    c.pool_groups = request_.pool_groups.value_or(c.pool_groups);
    checkpoint_.preprocess.points = c.points;
  }

  void take_preset(const PointTransformerConfig& preset) {
    PointTransformerConfig& c = checkpoint_.config;
    const auto expect = [&](std::string_view what, int64_t want, int64_t got) {
      if (want == got) return;
      fail("{}: expected {} {} for model `{}`, got {}", file_->path(), what, want, request_.model, got);
    };
    expect("width", preset.width, c.width);
    expect("depth", preset.depth, c.depth);
    for (size_t i = 0; i < c.encoder.size(); ++i) expect("encoder channels", preset.encoder[i], c.encoder[i]);
    c.points = preset.points;
    c.groups = preset.groups;
    c.group_size = preset.group_size;
    c.positions = preset.positions;
  }

  void take_parameters() {
    const auto wanted = point_parameters(checkpoint_.config);
    LoadReport& report = checkpoint_.report;
    report.parameters = std::ssize(wanted);
    const bool replace_head = checkpoint_.config.classes != in_file_classes_;
    for (const auto& [name, shape] : wanted) {
      const auto found = names_.tensors.find(name);
      if (is_head(name) && (replace_head || found == names_.tensors.end())) {
        report.initialised.push_back({name, "a new head"});
      } else if (found != names_.tensors.end()) {
        take(name, found->second, shape);
      } else if (is_class_token(name)) {
        report.initialised.push_back({name, "not in the file: no class token was pretrained"});
      } else {
        fail("{}: `{}{}` of the model is missing; is the file whole, and of this architecture?",
             file_->path(), names_.root, name);
      }
    }
    checkpoint_.has_head = checkpoint_.config.classes > 0 && taken_.contains("head.8.weight");
  }

  void take(const std::string& name, const std::string& original, const Shape& shape) {
    const Shape& theirs = file_->at(original).shape;
    const bool fits = theirs.size() == shape.size() && (theirs.rank() == 0 || theirs[0] == shape[0]);
    if (!fits) {
      fail("{}: {}: expected {}, got {}", file_->path(), original, to_string(shape), to_string(theirs));
    }
    taken_.emplace(name, original);
    ++checkpoint_.report.loaded;
    checkpoint_.report.numbers += shape.size();
  }

  void account_for_the_rest() {
    LoadReport& report = checkpoint_.report;
    std::map<std::string_view, int64_t> known;
    for (const auto& [name, original] : names_.tensors) {
      if (taken_.contains(name)) continue;
      if (const std::string_view use = known_use(name); !use.empty()) {
        ++known[use];
      } else {
        report.unexpected.push_back({original, to_string(file_->at(original).shape)});
      }
    }
    for (const auto& [what, count] : known) {
      report.ignored.push_back({fmt::format("{} tensors", count), std::string(what)});
    }
    if (!names_.outside.empty()) {
      report.ignored.push_back({fmt::format("{} tensors", names_.outside.size()),
                                fmt::format("outside of `{}`: {} ...", names_.root, names_.outside[0])});
    }
    if (!request_.strict || report.unexpected.empty()) return;
    fail(
        "{}: {} tensors that a point transformer doesn't have, first `{}` {}; load without strictness to "
        "leave them out",
        file_->path(), report.unexpected.size(), report.unexpected[0].name, report.unexpected[0].note);
  }

  std::shared_ptr<const TensorFile> file_;
  const PointRequest& request_;
  PointNames names_;
  int64_t in_file_classes_ = 0;
  std::map<std::string, std::string, std::less<>> taken_;  // our name to the file's
  PointCheckpoint checkpoint_;
};

}  // namespace

bool is_point_checkpoint(const TensorFile& file) { return !find_point_names(file).tensors.empty(); }

PointCheckpoint open_point_checkpoint(const std::filesystem::path& path, const PointRequest& request) {
  auto file = std::make_shared<const TensorFile>(open_tensor_file(path));
  if (file->metadata().contains(kBackboneKey)) {
    fail("{}: expected a whole model, got an adapter; give the checkpoint it was trained on", path.string());
  }
  return Opener(std::move(file), request).run();
}

}  // namespace ax
