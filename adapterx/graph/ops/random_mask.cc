#include "adapterx/graph/ops/random_mask.h"

#include "adapterx/kernels/tokens/random_mask.h"

namespace ax {
namespace {

struct RandomMaskOp : Op {
  int64_t batch = 1, tokens = 1, masked = 0;
  uint32_t place = 0;

  std::string_view name() const override { return "random_mask"; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    if (masked < 1 || masked >= tokens) {
      c.reject("masked", fmt::format("1 to {} of {} tokens", tokens - 1, tokens), fmt::format("{}", masked));
    }
    return {{Shape{batch, tokens - masked}, Role::index}, {Shape{batch, masked}, Role::index}};
  }
  Kernel bind(Binding& b) const override {
    return [visible = b.output(0), hidden = b.output(1), batch = batch, tokens = tokens, masked = masked,
            place = place](const StepState& s) {
      kernels::random_mask(Rng(s.seed, s.step, place), batch, tokens, masked, visible, hidden);
    };
  }
  void evaluate(TwinNode& t) const override {
    const Rng rng(t.state.seed, t.state.step, place);
    size_t visible = 0, hidden = 0;
    for (int64_t i = 0; i < batch * tokens; ++i) {
      const int64_t token = i % tokens, rest = tokens - token;
      const int64_t wanted = masked * (i / tokens + 1) - static_cast<int64_t>(hidden);
      const double chance = static_cast<double>(rng.bits(static_cast<uint64_t>(i))) * 0x1p-32;
      const bool hides = chance * static_cast<double>(rest) < static_cast<double>(wanted);
      (hides ? t.out[1].v[hidden++] : t.out[0].v[visible++]) = static_cast<double>(token);
    }
  }
};

}  // namespace

TokenMask random_mask(Graph& graph, int64_t batch, int64_t tokens, int64_t masked, std::string_view name) {
  auto op = std::make_shared<RandomMaskOp>();
  op->batch = batch;
  op->tokens = tokens;
  op->masked = masked;
  op->place = graph.claim_place(name);
  const std::vector<Value> out = graph.append(std::move(op), {});
  return {out[0], out[1]};
}

}  // namespace ax
