// Settings of Adapter-X (arXiv 2406.03051). Where the paper is silent the default is ours, marked (ours).
#pragma once

#include <cstdint>
#include <vector>

#include "adapterx/base/setting.h"
#include "adapterx/kernels/elementwise/activation.h"

namespace ax {

enum class AdapterPosition : uint8_t {
  parallel,    // AdaptFormer-X: SMoA(LN2(h)) beside the FFN
  sequential,  // Adapter-X: SMoA(FFN(LN2(h))) after it (ours)
  dapt,        // DAPT-X: SMoA(LN2(h)) beside the FFN, both inside drop path (ours)
};

// What DAPT-X's experts have on, and the others' off (ours).
struct ExpertOptions {
  bool norm = false;                  // expert_norm: a LayerNorm of its own at each expert's input
  bool token_scale = false;           // expert_scale = fixed | token: times relu(w_s z + b_s), of each token
  Activation act = Activation::relu;  // expert_activation = relu | gelu
};

struct RouterOptions {
  bool cosine = true;  // router = cosine | linear
  // route_width: d_e, the width of the experts' embeddings; 0: max(2, experts / 2) (ours). At width 1 an
  // embedding divided by its norm is 1 or -1 and could not move.
  int64_t width = 0;
  bool token_norm = false;    // projected sub-tokens are normalised, too (ours)
  float temperature = 1;      // (ours); 0 for `learned`: starts at 1, stored as its log
  int64_t top_k = 0;          // experts of each sub-token; 0: all (ours), 1: the paper's hard choice
  bool gate = true;           // an expert's output is multiplied by its probability
  bool relative_gate = true;  // by N times that, so that an undecided router's gate is 1 (ours)

  bool learns_temperature() const { return temperature == 0; }
};

struct PromptOptions {
  bool on = false;    // prompts; of DAPT-X true: in images they cost accuracy (docs/method.md)
  bool gelu = false;  // prompt_activation = none | gelu, before the mean (ours)
  bool mlp = false;   // prompt_generator = scale_shift | mlp (ours)
  int64_t rank = 8;   // prompt_rank, of the mlp (ours)
  bool add = false;   // prompt_injection = token | add: to every token of the next block's input (ours)
};

struct AdapterXOptions {
  AdapterPosition position = AdapterPosition::parallel;
  int64_t experts = 4;       // N, of DAPT-X 8 (ours)
  int64_t heads = 1;         // H, sub-tokens of a token; 0: max(1, width / 192), as DAPT-X has it (ours)
  int64_t rank = 24;         // r, of DAPT-X 8 (ours)
  int64_t share_blocks = 0;  // share = all | none | blocks to a group: blocks that share an instance; 0: all
  float scale = 1;           // s
  // Whether the mixture's output is scaled, besides, by rms(h) / rms(its input) of the block, measured once
  // before training (methods/method.h: StreamScale) (ours).
  bool stream_scale = true;
  float dropout = 0.1f;     // of hidden units; of DAPT-X 0.2
  float balance = 0.01f;    // weight of the balance loss (ours); 0: none
  bool train_norm2 = true;  // LN2 of each block
  bool train_cls = true;    // the class token and, where it has one of its own, its position
  // Whether LN2's and the class token's learning rates are in proportion to their size (Optimizer) (ours).
  bool relative_rates = true;
  ExpertOptions expert;
  RouterOptions router;
  PromptOptions prompt;

  int64_t heads_of(int64_t width) const { return heads > 0 ? heads : width < 384 ? 1 : width / 192; }
  int64_t top_k() const { return router.top_k > 0 ? router.top_k : experts; }
  int64_t route_width() const { return router.width > 0 ? router.width : experts < 4 ? 2 : experts / 2; }
};

// The defaults of each position.
AdapterXOptions adapter_x_options(AdapterPosition position);

// All but the position.
std::vector<Setting> adapter_x_settings(AdapterXOptions& options);

// Throws Error on settings that contradict each other.
void check(const AdapterXOptions& options);

}  // namespace ax
