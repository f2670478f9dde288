#include "adapterx/graph/ops/smoa.h"

#include <memory>

#include "adapterx/graph/ops/cast.h"
#include "adapterx/graph/ops/smoa/operands.h"
#include "adapterx/graph/ops/smoa/smoa_op.h"

namespace ax {

Smoa smoa(Value u, const SmoaParameters& p, const SmoaOptions& options) {
  SmoaAttributes a(options);
  if (a.dropout > 0) a.place = u.graph->claim_place("smoa");
  const SmoaOperands<Value> in{.u = cast(u, Role::activation),
                               .router = p.router,
                               .embed = p.embed,
                               .log_temperature = p.log_temperature,
                               .down = p.down,
                               .up = p.up,
                               .norm_weight = p.norm_weight,
                               .norm_bias = p.norm_bias,
                               .scale_weight = p.scale_weight,
                               .scale_bias = p.scale_bias,
                               .stream_scale = p.stream_scale};
  const auto out = SmoaResults<Value>::of(u.graph->append(std::make_shared<SmoaOp>(a), in.list()));
  return {out.a, out.mean, out.balance, out.choice, out.load};
}

}  // namespace ax
