#include "adapterx/models/point_names.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "adapterx/models/name_pattern.h"

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

struct Use {
  std::string_view names, what;
};
constexpr std::array<Use, 11> kUses = {{{"*.num_batches_tracked", "counters of BatchNorm"},
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

PointNames find_point_names(const TensorFile& file) {
  PointNames found;
  const std::vector<std::string> roots = roots_of(file);
  if (roots.empty()) return found;
  found.root = *std::ranges::min_element(roots, {}, preference);
  found.family = "a point transformer";
  for (const Family& family : kFamilies) {
    if (found.root.ends_with(family.part)) found.family = family.title;
  }
  for (const auto& [name, tensor] : file.tensors()) {
    if (name.starts_with(found.root)) {
      found.tensors.emplace(our_name(std::string_view(name).substr(found.root.size())), name);
    } else {
      found.outside.push_back(name);
    }
  }
  return found;
}

std::string_view known_use(std::string_view name) {
  for (const Use& use : kUses) {
    if (matches(use.names, name)) return use.what;
  }
  return "";
}

}  // namespace ax
