#include "adapterx/methods/adapter_x/adapter_x.h"

#include "adapterx/base/error.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/multiply.h"
#include "adapterx/methods/adapter_x/prompt_generator.h"
#include "adapterx/methods/adapter_x/smoa.h"

namespace ax {
namespace {

class AdapterXAdaptation : public Adaptation {
 public:
  explicit AdapterXAdaptation(const AdapterXOptions& options) : options_(options) {}

  std::string_view trained_part(const BackboneParameter& p) override {
    if (options_.train_norm2 && p.is_norm() && p.module == "norm2") return "LN2";
    return options_.train_cls && p.is_class_token() ? "CLS" : "";
  }

  bool relative_rate(const BackboneParameter&) override { return options_.relative_rates; }

  Value beside_ffn(const Site& site, Value h, Value u) override {
    return options_.position == AdapterPosition::parallel ? mix(site, h, u) : Value{};
  }

  Value ffn(const Site& site, Value h, Value u, Value f) override {
    if (options_.position == AdapterPosition::parallel) return f;
    return add(f, mix(site, h, options_.position == AdapterPosition::dapt ? u : f));
  }

  Value tokens(const Site& site, Value x) override {
    if (!options_.prompt.on) return x;
    return inject_prompt(site, x, generate_prompt(mixtures_.back(), options_.prompt), options_.prompt);
  }

  Value penalty() override {
    const bool chooses = options_.top_k() < options_.experts;  // else the loss is a constant
    if (options_.balance == 0 || !chooses || mixtures_.empty()) return {};
    Value sum = mixtures_[0].balance;
    for (size_t l = 1; l < mixtures_.size(); ++l) sum = add(sum, mixtures_[l].balance);
    return scale(sum, options_.balance / static_cast<float>(mixtures_.size()));
  }

  std::vector<Observed> observed() override {
    std::vector<Observed> values;
    for (int l = 0; const Smoa& mixture : mixtures_) {
      values.push_back({ObservedKind::expert_choice, l++, options_.experts, mixture.choice});
    }
    return values;
  }

  std::vector<StreamScale> stream_scales() override { return scales_; }

 private:
  Value mix(const Site& site, Value stream, Value input) {
    const Value scale = options_.stream_scale ? stream_scale(stream, input) : Value{};
    mixtures_.push_back(apply_smoa(site, input, scale, options_));
    return mixtures_.back().a;
  }

  Value stream_scale(Value stream, Value input) {
    Graph& graph = *input.graph;
    scales_.push_back({graph.scoped("smoa.stream_scale"), stream, input});
    return graph.buffer(scales_.back().buffer, {1}, Init::ones());
  }

  const AdapterXOptions options_;
  std::vector<Smoa> mixtures_;       // by block
  std::vector<StreamScale> scales_;  // by block
};

class AdapterX : public Method {
 public:
  explicit AdapterX(const AdapterXOptions& options) : options_(options) {}
  std::unique_ptr<Adaptation> adapt() const override {
    return std::make_unique<AdapterXAdaptation>(options_);
  }
  bool positions_once() const override {
    return options_.position == AdapterPosition::dapt || (options_.prompt.on && !options_.prompt.add);
  }

 private:
  const AdapterXOptions options_;
};

}  // namespace

std::unique_ptr<Method> make_adapter_x(const AdapterXOptions& options) {
  check(options);
  return std::make_unique<AdapterX>(options);
}

}  // namespace ax
