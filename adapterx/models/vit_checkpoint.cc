#include "adapterx/models/vit_checkpoint.h"

#include <algorithm>
#include <set>

#include "adapterx/base/error.h"
#include "adapterx/models/detect_vit.h"
#include "adapterx/models/hf_config.h"
#include "adapterx/models/name_pattern.h"
#include "adapterx/models/vit_metadata.h"
#include "adapterx/models/vit_presets.h"
#include "adapterx/models/vit_source.h"

namespace ax {
namespace {

using Parameters = std::map<std::string, Shape, std::less<>>;

bool is_head(std::string_view name) { return name.starts_with("head.") || name.starts_with("head_dist."); }

// Names grouped by what stands before their first number: "optimizer.state.*" for thousands of moments.
std::string group_of(std::string_view name) {
  size_t at = 0;
  while (at < name.size()) {
    const size_t end = std::min(name.find('.', at), name.size());
    if (name[at] >= '0' && name[at] <= '9') break;
    if (end == name.size()) return std::string(name);
    at = end + 1;
  }
  return std::string(name.substr(0, at)) + "*";
}

class Loader {
 public:
  Loader(std::shared_ptr<const TensorFile> file, const VitRequest& request)
      : file_(std::move(file)), request_(request), names_(*file_), found_(names_.find_key_map()) {}

  VitCheckpoint run() {
    if (!request_.model.empty()) preset_ = vit_preset_of(request_.model);
    metadata_ = read_vit_metadata(*file_);
    resolve_config();
    plan_parameters();
    account_for_the_rest();
    fill_report();
    checkpoint_.preprocess = preset_     ? preset_->preprocess
                             : metadata_ ? metadata_->preprocess
                                         : found_.map->preprocess;
    checkpoint_.preprocess.size = checkpoint_.config.image_size;
    checkpoint_.source = make_vit_source(file_, std::move(plans_));
    return std::move(checkpoint_);
  }

 private:
  LoadReport& report() { return checkpoint_.report; }

  void resolve_config() {
    const HfConfig hf =
        metadata_ ? HfConfig{metadata_->config.heads, metadata_->config.act, metadata_->config.norm_eps}
                  : read_hf_config(file_->path());
    std::optional<int64_t> heads = request_.heads;
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
    c.image_size = request_.image_size.value_or(c.image_size);
    c.classes = request_.classes.value_or(c.classes);
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
          file_->path(), what, want, request_.model, got, in_file_.width, in_file_.depth,
          in_file_.patch_size);
    };
    expect("width", preset.width, in_file_.width);
    expect("depth", preset.depth, in_file_.depth);
    expect("patch size", preset.patch_size, in_file_.patch_size);
    expect("registers", preset.registers, in_file_.registers);
  }

  void plan_parameters() {
    const Parameters stored = vit_parameters(in_file_);
    const Parameters wanted = vit_parameters(checkpoint_.config);
    report().parameters = std::ssize(wanted);
    std::vector<std::string> missing;
    for (const auto& [name, shape] : wanted) {
      const auto in_file = stored.find(name);
      if (in_file == stored.end()) {
        initialise_head(name, "not in the file");
      } else if (is_head(name) && in_file->second != shape) {
        initialise_head(
            name, fmt::format("{} in the file, {} wanted", to_string(in_file->second), to_string(shape)));
        claim(name, in_file->second);  // what the file has is explained
      } else if (!plan(name, in_file->second, shape)) {
        missing.push_back(name);
      }
    }
    for (const auto& [name, shape] : stored) {
      if (!wanted.contains(name)) claim(name, shape);  // a head that is not asked for
    }
    if (!missing.empty()) fail_missing(missing);
    checkpoint_.has_head = checkpoint_.config.classes > 0 && plans_.contains("head.weight");
    checkpoint_.is_projection = checkpoint_.has_head && plans_.at("head.bias").zero;
  }

  void initialise_head(const std::string& name, const std::string& why) {
    report().initialised.push_back({name, why});
  }

  // The tensors that rules name for a parameter, where the file has them all in a shape that fits; empty:
  // none.
  ParameterPlan find_plan(const std::string& name, const Shape& shape) const {
    for (const KeyRule& rule : found_.map->rules) {
      const auto block = block_of(rule.ours, name);
      if (!block) continue;
      ParameterPlan plan{{}, rule.layout, shape, in_file_.positioned_prefix, false};
      for (const std::string_view theirs : rule.theirs) {
        const std::string key = ForeignNames::at_root(found_.root, block_name(theirs, *block));
        if (names_.contains(key)) plan.tensors.push_back(key);
      }
      if (plan.tensors.size() == rule.theirs.size()) return plan;
    }
    return {};
  }

  // The plan of a parameter whose shape in the file is `stored` and in the model `wanted`.
  bool plan(const std::string& name, const Shape& stored, const Shape& wanted) {
    ParameterPlan p = claim(name, stored);
    if (p.tensors.empty()) {
      if (!std::ranges::count(found_.map->zero, name)) return false;
      p.zero = true;
      p.shape = stored;
      report().initialised.push_back({name, "zero: " + std::string(found_.map->title) + " has none"});
    } else {
      ++report().loaded;
      report().numbers += stored.size();
    }
    if (stored != wanted) report().reshaped.push_back({name, to_string(stored) + " to " + to_string(wanted)});
    plans_.emplace(name, std::move(p));
    return true;
  }

  // Finds and checks the file's tensors of a parameter, notes that they are explained, and gives them their
  // names in the file.
  ParameterPlan claim(const std::string& name, const Shape& shape) {
    ParameterPlan p = find_plan(name, shape);
    const auto parts = static_cast<int64_t>(p.tensors.size());
    for (std::string& key : p.tensors) {
      const Shape& theirs = names_.find(key)->shape;
      const Shape part = shape.with(0, shape[0] / parts);
      const std::string& original = names_.original(key);
      if (!fits(theirs, p.layout, part)) {
        fail("{}: {}: expected {} for {}, got {}", file_->path(), original, to_string(part), name,
             to_string(theirs));
      }
      claimed_.insert(original);
      key = original;
    }
    return p;
  }

  [[noreturn]] void fail_missing(const std::vector<std::string>& missing) const {
    const std::string theirs = expected_names(missing[0]);
    std::vector<std::string> unclaimed;
    for (const auto& entry : file_->tensors()) {
      if (!claimed_.contains(entry.first)) unclaimed.push_back(entry.first);
    }
    fail(
        "{}: {} of the model's tensors missing, first `{}` ({} as `{}`){}; is the file whole, and of this "
        "architecture?",
        file_->path(), missing.size(), missing[0], found_.map->title, theirs,
        did_you_mean(theirs, unclaimed));
  }

  // Under which names the family has a parameter: for errors.
  std::string expected_names(const std::string& name) const {
    for (const KeyRule& rule : found_.map->rules) {
      if (const auto block = block_of(rule.ours, name)) {
        return ForeignNames::at_root(found_.root, block_name(rule.theirs[0], *block));
      }
    }
    return name;
  }

  // Every tensor that no parameter claimed: known to be of no use, outside of the backbone, or unexplained.
  void account_for_the_rest() {
    std::map<std::string, int64_t> outside, other;
    std::map<std::string_view, int64_t> known;
    for (const std::string& name : names_.names()) {
      if (claimed_.contains(names_.original(name))) continue;
      if (const std::string_view what = what_is(name); !what.empty()) {
        ++known[what];
      } else if (!name.starts_with(found_.root)) {
        ++outside[group_of(names_.original(name))];
      } else if (belongs_to_another(name)) {
        ++other[group_of(names_.original(name))];
      } else {
        report().unexpected.push_back({names_.original(name), to_string(names_.find(name)->shape)});
      }
    }
    for (const auto& [what, count] : known)
      report().ignored.push_back({fmt::format("{} tensors", count), std::string(what)});
    for (const auto& [group, count] : outside) {
      report().ignored.push_back({group, fmt::format("{} tensors outside of `{}`", count, found_.root)});
    }
    for (const auto& [group, count] : other) {
      report().ignored.push_back({group, fmt::format("{} tensors of another model in the file", count)});
    }
    if (request_.strict && !report().unexpected.empty()) fail_unexpected();
  }

  std::string_view what_is(const std::string& name) const {
    for (const KeyIgnored& ignored : found_.map->ignored) {
      if (matches(ForeignNames::at_root(found_.root, ignored.names), name)) return ignored.what;
    }
    return "";
  }

  // With the backbone at the top of the file, others (DINO's student, CLIP's text tower) lie below it.
  bool belongs_to_another(const std::string& name) const {
    return std::ranges::any_of(found_.others, [&](const std::string& root) {
      return root.size() > found_.root.size() && name.starts_with(root);
    });
  }

  [[noreturn]] void fail_unexpected() {
    constexpr size_t kShown = 5;
    std::string list;
    for (size_t i = 0; i < std::min(kShown, report().unexpected.size()); ++i) {
      const LoadReport::Item& item = report().unexpected[i];
      list += fmt::format("{}`{}` {}", i == 0 ? "" : ", ", item.name, item.note);
    }
    std::vector<std::string> expected;
    for (const auto& entry : vit_parameters(in_file_)) expected.push_back(expected_names(entry.first));
    const std::string& first = report().unexpected[0].name;
    fail("{}: {} tensors that a ViT of {} doesn't have: {}{}{}; load without strictness to leave them out",
         file_->path(), report().unexpected.size(), found_.map->title, list,
         report().unexpected.size() > kShown ? ", ..." : "", did_you_mean(first, expected));
  }

  void fill_report() {
    LoadReport& r = report();
    r.file = file_->path();
    r.format = file_->format();
    r.family = found_.map->title;
    r.root = found_.root;
  }

  std::shared_ptr<const TensorFile> file_;
  const VitRequest& request_;
  ForeignNames names_;
  FoundKeyMap found_;
  std::optional<VitPreset> preset_;
  std::optional<VitMetadata> metadata_;
  VitConfig in_file_;  // what the file holds, before the request
  ParameterPlans plans_;
  std::set<std::string, std::less<>> claimed_;
  VitCheckpoint checkpoint_;
};

}  // namespace

VitCheckpoint open_vit_checkpoint(const std::filesystem::path& path, const VitRequest& request) {
  auto file = std::make_shared<const TensorFile>(open_tensor_file(path));
  if (file->metadata().contains(kBackboneKey)) {
    fail("{}: expected a whole model, got an adapter; give the checkpoint it was trained on", path.string());
  }
  return Loader(std::move(file), request).run();
}

}  // namespace ax
