#include "adapterx/methods/adapter_x/prompt_generator.h"

#include <cmath>

#include "adapterx/graph/ops/activation.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/linear.h"
#include "adapterx/graph/ops/tokens.h"
#include "adapterx/methods/scale_shift.h"

namespace ax {
namespace {

Value mlp(Value mean, int64_t rank) {
  Graph& graph = *mean.graph;
  const int64_t d = mean.shape()[2];
  const auto parameter = [&](const char* name, const Shape& shape, Init init) {
    return graph.parameter(graph.scoped(name), shape, init);
  };
  const Value hidden =
      gelu(linear(mean, parameter("down_proj.weight", {rank, d}, Init::kaiming_uniform(std::sqrt(5.0f))),
                  parameter("down_proj.bias", {rank}, Init::zeros())));
  return linear(hidden, parameter("up_proj.weight", {d, rank}, Init::zeros()),
                parameter("up_proj.bias", {d}, Init::zeros()));
}

}  // namespace

Value generate_prompt(const Smoa& smoa, const PromptOptions& options) {
  Graph& graph = *smoa.a.graph;
  const Scope scope(graph, "prompt");
  const Value mean = options.gelu ? mean_tokens(gelu(smoa.a), 0, smoa.a.shape()[1]) : smoa.mean;
  if (options.mlp) return mlp(mean, options.rank);
  return scale_shift(mean);
}

Value inject_prompt(const BlockSite& site, Value x, Value prompt, const PromptOptions& options) {
  if (options.add) return add(x, repeat_token(prompt, x.shape()[1]));
  return insert_tokens(x, prompt, site.prefix);
}

}  // namespace ax
