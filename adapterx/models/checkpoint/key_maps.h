// Key maps: how a file is recognised as one library's, by whose names (models/checkpoint/key_rules/) its
// parameters are then found, and what else that library's models have in common.
//
// In names, `#` stands for a block's number; `^` at the start of a foreign name leads out of the part of the
// file that holds the backbone ("vit." in Hugging Face's files), to where its head is.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/data/images/preprocess.h"
#include "adapterx/kernels/elementwise/activation.h"
#include "adapterx/models/checkpoint/key_rules/key_rules.h"
#include "adapterx/models/vit/pos_embed.h"

namespace ax {

// Tensors of a file that a backbone has no use for, and what they are. `*` stands for any letters.
struct KeyIgnored {
  std::string_view names, what;
};

struct KeyMap {
  std::string_view family;
  std::string_view title;      // for people
  std::string_view signature;  // a tensor by whose name the family and the place in the file are found
  std::vector<std::string_view> companions;  // others that must be there, too
  KeyRules rules;                            // of several for one of ours, the first that the file can serve
  std::vector<KeyIgnored> ignored;
  std::vector<std::string_view> zero;  // of ours: zero where absent (a bias that the family doesn't have)
  // As the library resamples positions that writes these names or, where it doesn't, one that reads them.
  PositionResample position_resample = PositionResample::bicubic_antialias;

  // What the names don't say; a preset's name or the caller may.
  float norm_eps = 1e-6f;
  Activation act = Activation::gelu_erf;
  Preprocess preprocess = preprocess_preset("half");
};

// All families; the first that a file fits is its own.
std::span<const KeyMap> key_maps();

// `#` replaced by a block's number.
std::string block_name(std::string_view pattern, int64_t block);

// The block's number where `name` is the pattern's; 0 for patterns without one.
std::optional<int64_t> block_of(std::string_view pattern, const std::string& name);

}  // namespace ax
