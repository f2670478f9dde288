#include "adapterx/methods/dapt.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "adapterx/graph/ops/activation.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/dropout.h"
#include "adapterx/graph/ops/layer_norm.h"
#include "adapterx/graph/ops/linear.h"
#include "adapterx/graph/ops/scale_tokens.h"
#include "adapterx/graph/ops/tokens.h"
#include "adapterx/methods/scale_shift.h"

namespace ax {
namespace {

constexpr std::array<std::string_view, 8> kScaled = {"attn.qkv", "attn.proj", "mlp.fc1", "mlp.fc2",
                                                     "norm1",    "norm2",     "norm",    "fc_norm"};

Value tfts(std::string_view place, Value x) {
  const Scope scope(*x.graph, fmt::format("{}.tfts", place));
  return scale_shift(x);
}

class Dapt : public Method {
 public:
  explicit Dapt(const DaptOptions& options) : options_(options) {}

  std::vector<std::string> trained() const override {
    std::vector<std::string> selectors = {"blocks.*.adapter.*", "cls_*", "head*"};
    if (options_.tfts) selectors.emplace_back("*.tfts.*");
    if (options_.prompts) selectors.emplace_back("blocks.*.prompt.*");
    return selectors;
  }

  Value patch_tokens(Value x) override { return options_.tfts ? tfts("encoder", x) : x; }
  Value linear(std::string_view role, Value, Value y) override { return scaled(role, y); }
  Value norm(std::string_view role, Value y) override { return scaled(role, y); }

  Value ffn(const BlockSite& site, Value, Value u, Value f) override {
    adapted_ = adapter(site, u);
    return add(f, adapted_);
  }

  Value tokens(const BlockSite& site, Value x) override {
    if (!options_.prompts) return x;
    const Scope scope(*x.graph, "prompt");
    const Value prompt = scale_shift(mean_tokens(gelu(adapted_), 0, adapted_.shape()[1]));
    return insert_tokens(x, prompt, site.prefix);
  }

  bool positions_once() const override { return true; }

 private:
  Value scaled(std::string_view role, Value y) const {
    return options_.tfts && std::ranges::find(kScaled, role) != kScaled.end() ? tfts(role, y) : y;
  }

  Value adapter(const BlockSite& site, Value u) const {
    Graph& graph = *u.graph;
    const Scope scope(graph, "adapter");
    const int64_t d = u.shape().dim(-1), r = options_.rank;
    const auto parameter = [&](const char* name, const Shape& shape, Init init) {
      return graph.parameter(graph.scoped(name), shape, init);
    };
    const Init uniform = Init::kaiming_uniform(std::sqrt(5.0f)), zeros = Init::zeros();
    const Value z =
        layer_norm(u, parameter("norm.weight", {d}, Init::ones()), parameter("norm.bias", {d}, zeros), 1e-5f);
    const Value scale = relu(ax::linear(z, parameter("scale.weight", {1, d}, uniform),
                                        parameter("scale.bias", {1}, zeros), Role::exact));
    Value hidden = gelu(ax::linear(z, parameter("down_proj.weight", {r, d}, uniform),
                                   parameter("down_proj.bias", {r}, zeros)));
    if (site.training) hidden = dropout(hidden, options_.dropout);
    return scale_tokens(
        ax::linear(hidden, parameter("up_proj.weight", {d, r}, zeros), parameter("up_proj.bias", {d}, zeros)),
        scale);
  }

  DaptOptions options_;
  Value adapted_;  // the adapter's output in the block built last
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
