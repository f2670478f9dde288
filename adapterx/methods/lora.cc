#include "adapterx/methods/lora.h"

#include <cmath>

#include "adapterx/base/error.h"
#include "adapterx/graph/ops/add_features.h"
#include "adapterx/graph/ops/dropout.h"
#include "adapterx/graph/ops/linear.h"
#include "adapterx/graph/ops/multiply.h"
#include "adapterx/slots/part.h"

namespace ax {
namespace {

// What is updated of the qkv layer's output, its features [begin d, (begin + count) d).
struct Target {
  std::string name;
  int64_t begin = 0, count = 1;
};

std::vector<Target> targets_of(const LoraOptions& options) {
  if (options.qkv) return {{"qkv", 0, 3}};
  return {{"q", 0, 1}, {"v", 2, 1}};
}

float scale_of(const LoraOptions& o) { return o.alpha == 0 ? 1 : o.alpha / static_cast<float>(o.rank); }

class LoraAdaptation : public Adaptation {
 public:
  explicit LoraAdaptation(const LoraOptions& options) : options_(options) {}

  Value linear(const Site& site, std::string_view role, Value u, Value y) override {
    if (role != "attn.qkv") return y;
    const Scope scope(*u.graph, "attn.lora");
    const int64_t d = u.shape().dim(-1);
    if (site.training) u = dropout(u, options_.dropout);
    for (const Target& target : targets_of(options_)) {
      y = add_features(y, update(u, target.name, target.count * d), target.begin * d);
    }
    return y;
  }

 private:
  Value update(Value u, const std::string& name, int64_t out) const {
    const Scope scope(*u.graph, name);
    const Part part(*u.graph, "LoRA");
    const int64_t d = u.shape().dim(-1), r = options_.rank;
    const Value a = part.weight("down_proj.weight", {r, d}, Init::kaiming_uniform(std::sqrt(5.0f)));
    const Value b = part.weight("up_proj.weight", {out, r}, Init::zeros());
    return scale(ax::linear(ax::linear(u, a), b), scale_of(options_));
  }

  const LoraOptions options_;
};

class Lora : public Method {
 public:
  explicit Lora(const LoraOptions& options) : options_(options) {}
  std::unique_ptr<Adaptation> adapt() const override { return std::make_unique<LoraAdaptation>(options_); }

 private:
  const LoraOptions options_;
};

}  // namespace

std::vector<Setting> lora_settings(LoraOptions& o) {
  return {{"rank", &o.rank, "Rank of the update of each weight.", at_least(1)},
          {"alpha", &o.alpha, "The update is multiplied by alpha / rank; 0 stands for the rank itself.",
           at_least(0)},
          {"dropout", &o.dropout, "Probability with which an input of the update is dropped in training.",
           from_below(0, 1)},
          {"targets", one_of(o.qkv, {{"qv", false}, {"qkv", true}}),
           "What is updated: queries and values apart, or queries, keys and values by one update."}};
}

std::unique_ptr<Method> make_lora(const LoraOptions& options) { return std::make_unique<Lora>(options); }

}  // namespace ax
