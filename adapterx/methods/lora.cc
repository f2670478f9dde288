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
  bool merges() const override { return true; }
  void merge(std::string_view name, const Shape& shape, const WeightSource& source,
             std::span<float> values) const override;

 private:
  const LoraOptions options_;
};

std::vector<float> values_of(const WeightSource& source, const std::string& name, const Shape& shape) {
  std::vector<float> values(static_cast<size_t>(shape.size()));
  if (!source(name, shape, values)) fail("{}: no value to merge", name);
  return values;
}

// W += s B A in the rows of each target.
void Lora::merge(std::string_view name, const Shape& shape, const WeightSource& source,
                 std::span<float> values) const {
  constexpr std::string_view kLayer = "attn.qkv.weight";
  if (!name.ends_with(kLayer)) return;
  const std::string block(name.substr(0, name.size() - kLayer.size()));
  const auto d = static_cast<size_t>(shape.dim(-1)), r = static_cast<size_t>(options_.rank);
  for (const Target& target : targets_of(options_)) {
    const std::string place = block + "attn.lora." + target.name;
    const int64_t rows = target.count * shape.dim(-1);
    const std::vector<float> a =
        values_of(source, place + ".down_proj.weight", {options_.rank, shape.dim(-1)});
    const std::vector<float> b = values_of(source, place + ".up_proj.weight", {rows, options_.rank});
    float* w = values.data() + target.begin * shape.dim(-1) * shape.dim(-1);
    for (size_t out = 0; out < static_cast<size_t>(rows); ++out, w += d) {
      for (size_t in = 0; in < d; ++in) {
        double sum = 0;
        for (size_t k = 0; k < r; ++k) sum += static_cast<double>(b[out * r + k] * a[k * d + in]);
        w[in] += scale_of(options_) * static_cast<float>(sum);
      }
    }
  }
}

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
