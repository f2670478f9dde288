#include "adapterx/methods/adapter_x/smoa.h"

#include <cmath>

#include "adapterx/base/error.h"
#include "adapterx/methods/adapter_x/router.h"

namespace ax {
namespace {

std::string instance_name(const BlockSite& site, const AdapterXOptions& options) {
  return options.share_blocks == 0 ? "smoa" : fmt::format("smoa.{}", site.index / options.share_blocks);
}

SmoaParameters declare_parameters(Graph& graph, const std::string& name, const AdapterXOptions& options,
                                  int64_t sub_width) {
  SmoaParameters p;
  declare_router(graph, name, options, sub_width, p);
  // Kaiming-uniform with a = sqrt 5 of a layer of fan-in d_h.
  const float bound = 1.0f / std::sqrt(static_cast<float>(sub_width));
  p.down = graph.parameter(name + ".experts.down_proj.weight", {options.experts, options.rank, sub_width},
                           Init::uniform(bound));
  p.up = graph.parameter(name + ".experts.up_proj.weight", {options.experts, sub_width, options.rank},
                         Init::zeros());
  const Shape each{options.experts, sub_width};
  if (options.expert.norm) {
    p.norm_weight = graph.parameter(name + ".experts.norm.weight", each, Init::ones());
    p.norm_bias = graph.parameter(name + ".experts.norm.bias", each, Init::zeros());
  }
  if (options.expert.token_scale) {
    p.scale_weight = graph.parameter(name + ".experts.scale.weight", each, Init::uniform(bound));
    p.scale_bias = graph.parameter(name + ".experts.scale.bias", {options.experts}, Init::zeros());
  }
  return p;
}

}  // namespace

Smoa apply_smoa(const BlockSite& site, Value u, const AdapterXOptions& options) {
  Graph& graph = *u.graph;
  const int64_t width = u.shape()[2], heads = options.heads_of(width);
  if (width % heads != 0) fail("{}: smoa: heads: {} don't divide the width {}", graph.scope(), heads, width);
  const SmoaParameters parameters =
      declare_parameters(graph, instance_name(site, options), options, width / heads);
  SmoaOptions o;
  o.heads = heads;
  o.top_k = options.router.top_k;
  o.temperature = options.router.learns_temperature() ? 1 : options.router.temperature;
  o.token_norm = options.router.token_norm;
  o.gate = options.router.gate;
  o.act = options.expert.act;
  o.scale = options.scale;
  o.dropout = site.training ? options.dropout : 0;
  return smoa(u, parameters, o);
}

}  // namespace ax
