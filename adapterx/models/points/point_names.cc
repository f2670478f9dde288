#include "adapterx/models/points/point_names.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "adapterx/models/checkpoint/name_pattern.h"

namespace ax {
namespace {

constexpr std::string_view kSignature = "encoder.first_conv.0.weight";

struct Family {
  std::string_view part, title;
};
constexpr std::array<Family, 4> kFamilies = {{{"MAE_encoder.", "Point-MAE or ReCon"},
                                              {"ACT_encoder.", "ACT"},
                                              {"transformer_q.", "Point-BERT"},
                                              {"transformer_k.", "Point-BERT (momentum copy)"}}};

// What our names replace at the start of theirs.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kRenamed = {
    {{"blocks.blocks.", "blocks."}, {"cls_head_finetune.", "head."}}};

struct KnownUse {
  std::string_view names, what;
};
constexpr std::array<KnownUse, 11> kUses = {{{"*.num_batches_tracked", "counters of BatchNorm"},
                                             {"decoder_*", "the decoder of masked pretraining"},
                                             {"increase_dim.*", "the decoder of masked pretraining"},
                                             {"blocks.*_contrast.*", "ReCon's contrastive branch"},
                                             {"img_*", "ReCon's contrastive branch"},
                                             {"text_*", "ReCon's contrastive branch"},
                                             {"lm_head.*", "Point-BERT's head of pretraining"},
                                             {"cls_head.*", "Point-BERT's head of pretraining"},
                                             {"mask_token", "the decoder of masked pretraining"},
                                             {"head.*", "a head that is not asked for"},
                                             {"cls_proj*", "a head of pretraining"}}};

std::string our_name(std::string_view theirs) {
  for (const auto& [from, to] : kRenamed) {
    if (theirs.starts_with(from)) return std::string(to) + std::string(theirs.substr(from.size()));
  }
  return std::string(theirs);
}

// Where a backbone's tensors begin; blocks tell it from a tokenizer (a discrete VAE has an encoder, too).
std::vector<std::string> roots_of(const TensorFile& file) {
  std::vector<std::string> roots;
  for (const auto& [name, tensor] : file.tensors()) {
    if (!name.ends_with(kSignature)) continue;
    std::string root = name.substr(0, name.size() - kSignature.size());
    if (!root.empty() && root.back() != '.') continue;
    const bool has_blocks =
        file.contains(root + "blocks.blocks.0.norm1.weight") || file.contains(root + "blocks.0.norm1.weight");
    if (has_blocks) roots.push_back(std::move(root));
  }
  return roots;
}

auto preference(const std::string& root) {
  return std::tuple(root.find("transformer_k.") != root.npos, root.size(), root);
}

}  // namespace

PointNames::PointNames(const TensorFile& file) {
  const std::vector<std::string> roots = roots_of(file);
  if (roots.empty()) return;
  root_ = *std::ranges::min_element(roots, {}, preference);
  for (const Family& family : kFamilies) {
    if (root_.ends_with(family.part)) title_ = family.title;
  }
  for (const auto& [name, tensor] : file.tensors()) {
    if (name.starts_with(root_)) {
      originals_.emplace(our_name(std::string_view(name).substr(root_.size())), name);
    }
  }
}

const std::string* PointNames::original(std::string_view ours) const {
  const auto found = originals_.find(ours);
  return found == originals_.end() ? nullptr : &found->second;
}

ParameterPlan PointNames::find(const std::string& ours, const Shape& shape) const {
  const std::string* tensor = original(ours);
  if (tensor == nullptr) return {};
  return {{*tensor}, Layout::same, shape};
}

// No pretraining by masking has a class token.
std::optional<CheckpointNames::Start> PointNames::start_of(const std::string& ours) const {
  if (ours != "cls_token" && ours != "cls_pos") return std::nullopt;
  return Start{Init::trunc_normal(0.02f), "not in the file: no class token was pretrained"};
}

CheckpointNames::Use PointNames::use_of(const std::string& tensor) const {
  if (!tensor.starts_with(root_)) return {Use::Kind::outside, ""};
  const std::string name = our_name(std::string_view(tensor).substr(root_.size()));
  for (const KnownUse& use : kUses) {
    if (matches(use.names, name)) return {Use::Kind::known, std::string(use.what)};
  }
  return {};
}

}  // namespace ax
