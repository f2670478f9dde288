#include "adapterx/methods/adapter_x/adapter_x.h"

#include "adapterx/base/error.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/multiply.h"
#include "adapterx/methods/adapter_x/prompt_generator.h"
#include "adapterx/methods/adapter_x/smoa.h"

namespace ax {
namespace {

class AdapterX : public Method {
 public:
  explicit AdapterX(const AdapterXOptions& options) : options_(options) {}

  std::vector<std::string> trained() const override {
    std::vector<std::string> selectors = {"smoa.*", "head*"};
    if (options_.train_norm2) selectors.emplace_back("blocks.*.norm2.*");
    if (options_.train_cls) selectors.emplace_back("cls_*");
    if (options_.prompt.on) selectors.emplace_back("blocks.*.prompt.*");
    return selectors;
  }

  Value beside_ffn(const BlockSite& site, Value, Value u) override {
    return options_.position == AdapterPosition::parallel ? mix(site, u) : Value{};
  }

  Value ffn(const BlockSite& site, Value, Value u, Value f) override {
    if (options_.position == AdapterPosition::parallel) return f;
    return add(f, mix(site, options_.position == AdapterPosition::dapt ? u : f));
  }

  Value tokens(const BlockSite& site, Value x) override {
    if (!options_.prompt.on) return x;
    return inject_prompt(site, x, generate_prompt(calls_.back(), options_.prompt), options_.prompt);
  }

  bool positions_once() const override {
    return options_.position == AdapterPosition::dapt || (options_.prompt.on && !options_.prompt.add);
  }

  Value penalty() override {
    if (options_.balance == 0 || calls_.empty()) return {};
    Value sum = calls_[0].balance;
    for (size_t l = 1; l < calls_.size(); ++l) sum = add(sum, calls_[l].balance);
    return scale(sum, options_.balance / static_cast<float>(calls_.size()));
  }

  std::vector<Observed> observed() override {
    std::vector<Observed> values;
    for (size_t l = 0; l < calls_.size(); ++l) {
      values.push_back({fmt::format("blocks.{}.expert", l), calls_[l].choice, options_.experts});
    }
    return values;
  }

 private:
  Value mix(const BlockSite& site, Value u) {
    if (site.index == 0) calls_.clear();
    calls_.push_back(apply_smoa(site, u, options_));
    return calls_.back().a;
  }

  AdapterXOptions options_;
  std::vector<Smoa> calls_;  // of the graph built last, by block
};

}  // namespace

std::unique_ptr<Method> make_adapter_x(const AdapterXOptions& options) {
  check(options);
  return std::make_unique<AdapterX>(options);
}

}  // namespace ax
