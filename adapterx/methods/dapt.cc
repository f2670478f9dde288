#include "adapterx/methods/dapt.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "adapterx/graph/ops/activation.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/dropout.h"
#include "adapterx/graph/ops/layer_norm.h"
#include "adapterx/graph/ops/scale_tokens.h"
#include "adapterx/graph/ops/tokens.h"
#include "adapterx/methods/scale_shift.h"
#include "adapterx/slots/part.h"

namespace ax {
namespace {

constexpr std::array<std::string_view, 8> kScaled = {"attn.qkv", "attn.proj", "mlp.fc1", "mlp.fc2",
                                                     "norm1",    "norm2",     "norm",    "fc_norm"};

class DaptAdaptation : public Adaptation {
 public:
  explicit DaptAdaptation(const DaptOptions& options) : options_(options) {}

  std::string_view trained_part(const BackboneParameter& p) override {
    return p.is_class_token() ? "CLS" : "";
  }

  Value patch_tokens(const Site&, Value x) override { return options_.tfts ? tfts("encoder", x) : x; }
  Value linear(const Site&, std::string_view role, Value, Value y) override { return scaled(role, y); }
  Value norm(const Site&, std::string_view role, Value y) override { return scaled(role, y); }

  Value ffn(const Site& site, Value, Value u, Value f) override {
    adapted_ = adapter(site, u);
    return add(f, adapted_);
  }

  Value tokens(const Site& site, Value x) override {
    if (!options_.prompts) return x;
    const Scope scope(*x.graph, "prompt");
    const Value mean = mean_tokens(gelu(adapted_), 0, adapted_.shape()[1]);
    return insert_tokens(x, scale_shift(Part(*x.graph, "PG"), mean), site.prefix);
  }

 private:
  static Value tfts(std::string_view place, Value x) {
    const Scope scope(*x.graph, fmt::format("{}.tfts", place));
    return scale_shift(Part(*x.graph, "TFTS"), x);
  }

  Value scaled(std::string_view role, Value y) const {
    return options_.tfts && std::ranges::find(kScaled, role) != kScaled.end() ? tfts(role, y) : y;
  }

  Value adapter(const Site& site, Value u) const {
    const Scope scope(*u.graph, "adapter");
    const Part part(*u.graph, "adapter");
    const int64_t d = u.shape().dim(-1);
    const Init uniform = Init::kaiming_uniform(std::sqrt(5.0f));
    const Value bias = part.vector("norm.bias", {d}, Init::zeros());
    const Value z = layer_norm(u, part.vector("norm.weight", {d}, Init::ones()), bias, 1e-5f);
    const Value scale = relu(part.linear("scale", z, 1, uniform, Role::exact));
    Value hidden = gelu(part.linear("down_proj", z, options_.rank, uniform));
    if (site.training) hidden = dropout(hidden, options_.dropout);
    return scale_tokens(part.linear("up_proj", hidden, d, Init::zeros()), scale);
  }

  const DaptOptions options_;
  Value adapted_;  // the adapter's output in the block built last
};

class Dapt : public Method {
 public:
  explicit Dapt(const DaptOptions& options) : options_(options) {}
  std::unique_ptr<Adaptation> adapt() const override { return std::make_unique<DaptAdaptation>(options_); }
  bool positions_once() const override { return true; }

 private:
  const DaptOptions options_;
};

}  // namespace

std::vector<Setting> dapt_settings(DaptOptions& o) {
  return {{"rank", &o.rank, "Width of the adapter's bottleneck.", at_least(1)},
          {"dropout", &o.dropout, "Probability with which a hidden unit is dropped in training.",
           from_below(0, 1)},
          {"tfts", &o.tfts,
           "Whether outputs of linear layers and norms are scaled and shifted by trained vectors."},
          {"prompts", &o.prompts, "Whether each block makes a prompt for the next one."}};
}

std::unique_ptr<Method> make_dapt(const DaptOptions& options) { return std::make_unique<Dapt>(options); }

}  // namespace ax
