#include "adapterx/methods/adapter_x/options.h"

#include "adapterx/base/error.h"

namespace ax {
namespace {

void add(std::vector<Setting>& settings, std::vector<Setting> more) {
  settings.insert(settings.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

std::vector<Setting> expert_settings(ExpertOptions& o) {
  return {
      {"expert_norm", &o.norm, "Whether each expert begins with a LayerNorm of its own."},
      {"expert_scale", one_of(o.token_scale, {{"fixed", false}, {"token", true}}),
       "Whether the experts' output is scaled by a fixed factor alone or by one that each token gives, too."},
      {"expert_activation", one_of(o.act, {{"relu", Activation::relu}, {"gelu", Activation::gelu_erf}}),
       "Activation of the experts' hidden units."}};
}

std::vector<Setting> router_settings(RouterOptions& o) {
  return {{"router", one_of(o.cosine, {{"cosine", true}, {"linear", false}}),
           "How experts are scored: by the cosine to their embeddings or by a linear layer."},
          {"route_width", &o.width,
           "Width of the experts' embeddings of the cosine router, or 0 for half the number of experts, at "
           "least 2.",
           at_least(0)},
          {"token_norm", &o.token_norm,
           "Whether the cosine router divides projected sub-tokens by their norm, too."},
          {"temperature",
           &o.temperature,
           "Temperature that divides the router's scores before the softmax.",
           above(0),
           {},
           {{"learned", 0}}},
          {"top_k", &o.top_k, "Experts that each sub-token is sent to.", at_least(0), {}, {{"all", 0}}},
          {"gate", &o.gate, "Whether the output of an expert is multiplied by its probability."},
          {"relative_gate", &o.relative_gate,
           "Whether that probability is multiplied by the number of experts, so that it is 1 where the "
           "router is undecided."}};
}

std::vector<Setting> prompt_settings(PromptOptions& o) {
  return {{"prompts", &o.on, "Whether each block makes a prompt for the next one."},
          {"prompt_activation", one_of(o.gelu, {{"none", false}, {"gelu", true}}),
           "Activation of the experts' output before its mean becomes the prompt."},
          {"prompt_generator", one_of(o.mlp, {{"scale_shift", false}, {"mlp", true}}),
           "What makes the prompt of the mean: a scale and shift of its channels or a small MLP."},
          {"prompt_rank", &o.rank, "Hidden width of the prompt generator's MLP.", at_least(1)},
          {"prompt_injection", one_of(o.add, {{"token", false}, {"add", true}}),
           "Whether the prompt is a token of its own or is added to every token."}};
}

}  // namespace

AdapterXOptions adapter_x_options(AdapterPosition position) {
  AdapterXOptions o;
  o.position = position;
  if (position == AdapterPosition::dapt) {
    o.experts = 8;
    o.heads = 0;
    o.rank = 8;
    o.stream_scale = o.relative_rates = false;
    o.prompt.on = true;
    o.dropout = 0.2f;
    o.expert = {.norm = true, .token_scale = true, .act = Activation::gelu_erf};
  }
  return o;
}

std::vector<Setting> adapter_x_settings(AdapterXOptions& o) {
  std::vector<Setting> settings = {
      {"experts", &o.experts, "Experts of a mixture.", {1, 256}},
      {"heads", &o.heads, "Sub-tokens into which a token is cut, or 0 for one to 192 channels.", at_least(0)},
      {"rank", &o.rank, "Width of an expert's bottleneck.", at_least(1)},
      {"share",
       &o.share_blocks,
       "How many neighbouring blocks share one mixture.",
       at_least(0),
       {},
       {{"all", 0}, {"none", 1}}},
      {"scale", &o.scale, "Factor of the mixture's output."},
      {"stream_scale", &o.stream_scale,
       "Whether the mixture's output is scaled, besides, to the size of the block's stream, measured once "
       "before training."},
      {"dropout", &o.dropout, "Probability with which a hidden unit of an expert is dropped in training.",
       from_below(0, 1)},
      {"balance", &o.balance, "Weight of the loss that keeps all experts in use, or 0 for none.",
       at_least(0)},
      {"train_norm2", &o.train_norm2, "Whether the second LayerNorm of each block is trained."},
      {"train_cls", &o.train_cls, "Whether the class token and its own position are trained."},
      {"relative_rates", &o.relative_rates,
       "Whether the learning rates of LayerNorms and class token are in proportion to their size."}};
  add(settings, expert_settings(o.expert));
  add(settings, router_settings(o.router));
  add(settings, prompt_settings(o.prompt));
  return settings;
}

void check(const AdapterXOptions& o) {
  if (o.router.width == 1 && o.router.cosine) {
    fail("route_width: expected 2 or more, or 0 for experts / 2, got {}", o.router.width);
  }
  if (o.router.top_k > o.experts) {
    fail("top_k: expected 1 to {} (experts) or all, got {}", o.experts, o.router.top_k);
  }
  if (o.router.token_norm && !o.router.cosine) fail("token_norm: needs router=cosine");
}

}  // namespace ax
