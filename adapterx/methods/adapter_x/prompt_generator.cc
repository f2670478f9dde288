#include "adapterx/methods/adapter_x/prompt_generator.h"

#include <cmath>

#include "adapterx/graph/ops/activation.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/tokens.h"
#include "adapterx/methods/scale_shift.h"
#include "adapterx/slots/part.h"

namespace ax {
namespace {

Value mlp(const Part& part, Value mean, int64_t rank) {
  const Value hidden = gelu(part.linear("down_proj", mean, rank, Init::kaiming_uniform(std::sqrt(5.0f))));
  return part.linear("up_proj", hidden, mean.shape()[2], Init::zeros());
}

}  // namespace

Value generate_prompt(const Smoa& smoa, const PromptOptions& options) {
  Graph& graph = *smoa.a.graph;
  const Scope scope(graph, "prompt");
  const Part part(graph, "PG");
  const Value mean = options.gelu ? mean_tokens(gelu(smoa.a), 0, smoa.a.shape()[1]) : smoa.mean;
  return options.mlp ? mlp(part, mean, options.rank) : scale_shift(part, mean);
}

Value inject_prompt(const Site& site, Value x, Value prompt, const PromptOptions& options) {
  if (options.add) return add(x, repeat_token(prompt, x.shape()[1]));
  return insert_tokens(x, prompt, site.prefix);
}

}  // namespace ax
