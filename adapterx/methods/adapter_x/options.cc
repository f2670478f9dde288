#include "adapterx/methods/adapter_x/options.h"

#include "adapterx/base/error.h"

namespace ax {
namespace {

RouterOptions router_options(Settings& settings) {
  RouterOptions o;
  o.cosine = settings.choice("router", {"cosine", "linear"}) == "cosine";
  o.width = settings.integer("route_width", o.width);
  o.token_norm = settings.flag("token_norm", o.token_norm);
  o.learn_temperature = settings.text("temperature", "1") == "learned";
  if (!o.learn_temperature) o.temperature = settings.number("temperature", o.temperature);
  o.top_k = settings.integer("top_k", o.top_k);
  o.gate = settings.flag("gate", o.gate);
  return o;
}

// The first of `choices` is the default, or the second where `second` is.
bool second_of(Settings& settings, std::string_view key, std::vector<std::string> choices, bool second) {
  const std::string meant = choices[1];
  if (second) std::swap(choices[0], choices[1]);
  return settings.choice(key, choices) == meant;
}

ExpertOptions expert_options(Settings& settings, bool dynamic) {
  ExpertOptions o;
  o.norm = settings.flag("expert_norm", dynamic);
  o.token_scale = second_of(settings, "expert_scale", {"fixed", "token"}, dynamic);
  const bool gelu = second_of(settings, "expert_activation", {"relu", "gelu"}, dynamic);
  o.act = gelu ? Activation::gelu_erf : Activation::relu;
  return o;
}

PromptOptions prompt_options(Settings& settings) {
  PromptOptions o;
  o.on = settings.flag("prompts", o.on);
  o.gelu = settings.choice("prompt_activation", {"none", "gelu"}) == "gelu";
  o.mlp = settings.choice("prompt_generator", {"scale_shift", "mlp"}) == "mlp";
  o.rank = settings.integer("prompt_rank", o.rank);
  o.add = settings.choice("prompt_injection", {"token", "add"}) == "add";
  return o;
}

// "all", "none" or the number of blocks of a group.
int64_t share_blocks(Settings& settings) {
  const std::string share = settings.text("share", "all");
  if (share == "all") return 0;
  if (share == "none") return 1;
  return settings.integer("share", 0);
}

void check(const AdapterXOptions& o, std::string_view owner) {
  const auto at_least_1 = [&](std::string_view key, int64_t value) {
    if (value < 1) fail("{}: {}: expected 1 or more, got {}", owner, key, value);
  };
  if (o.experts < 1 || o.experts > 256) fail("{}: experts: expected 1 to 256, got {}", owner, o.experts);
  at_least_1("rank", o.rank);
  at_least_1("prompt_rank", o.prompt.rank);
  if (o.heads < 0) fail("{}: heads: expected 1 or more, or 0 for width / 192, got {}", owner, o.heads);
  if (o.router.width < 0 || (o.router.width == 1 && o.router.cosine)) {
    fail("{}: route_width: expected 2 or more, or 0 for experts / 2, got {}", owner, o.router.width);
  }
  if (o.share_blocks < 0) {
    fail("{}: share: expected all, none or a number of blocks, got {}", owner, o.share_blocks);
  }
  if (o.router.top_k < 1 || o.router.top_k > o.experts) {
    fail("{}: top_k: expected 1 to {} (experts), got {}", owner, o.experts, o.router.top_k);
  }
  if (!(o.router.temperature > 0)) {
    fail("{}: temperature: expected above 0, or `learned`, got {}", owner, o.router.temperature);
  }
  if (!(o.dropout >= 0 && o.dropout < 1)) {
    fail("{}: dropout: expected a number in [0, 1), got {}", owner, o.dropout);
  }
  if (!(o.balance >= 0)) fail("{}: balance: expected 0 or more, got {}", owner, o.balance);
  if (o.router.token_norm && !o.router.cosine) fail("{}: token_norm: needs router=cosine", owner);
}

}  // namespace

AdapterXOptions adapter_x_options(Settings& settings, AdapterPosition position, std::string_view owner) {
  AdapterXOptions o;
  o.position = position;
  const bool dapt = position == AdapterPosition::dapt;
  if (dapt) {
    o.rank = 8;
    o.dropout = 0.2f;
  }
  o.experts = settings.integer("experts", o.experts);
  o.heads = settings.integer("heads", o.heads);
  o.rank = settings.integer("rank", o.rank);
  o.share_blocks = share_blocks(settings);
  o.scale = settings.number("scale", o.scale);
  o.dropout = settings.number("dropout", o.dropout);
  o.balance = settings.number("balance", o.balance);
  o.train_norm2 = settings.flag("train_norm2", o.train_norm2);
  o.train_cls = settings.flag("train_cls", o.train_cls);
  o.expert = expert_options(settings, dapt);
  o.router = router_options(settings);
  o.prompt = prompt_options(settings);
  check(o, owner);
  return o;
}

}  // namespace ax
