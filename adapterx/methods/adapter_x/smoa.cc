#include "adapterx/methods/adapter_x/smoa.h"

#include <cmath>

#include "adapterx/base/error.h"
#include "adapterx/methods/adapter_x/router.h"
#include "adapterx/slots/part.h"

namespace ax {
namespace {

std::string instance_name(const Site& site, const AdapterXOptions& options) {
  return options.share_blocks == 0 ? "smoa" : fmt::format("smoa.{}", site.block / options.share_blocks);
}

SmoaParameters declare_parameters(const Part& part, const AdapterXOptions& options, int64_t sub_width) {
  SmoaParameters p;
  declare_router(part, options, sub_width, p);
  const int64_t n = options.experts, r = options.rank;
  const auto library = [&](const char* name, const Shape& shape, Init start) {
    return n == 1 ? part.vector(name, shape, start) : part.weight(name, shape, start);
  };
  // Kaiming-uniform with a = sqrt 5 of a layer of fan-in d_h.
  const float bound = 1.0f / std::sqrt(static_cast<float>(sub_width));
  p.down = library("experts.down_proj.weight", {n, r, sub_width}, Init::uniform(bound));
  p.up = library("experts.up_proj.weight", {n, sub_width, r}, Init::zeros());
  if (options.expert.norm) {
    p.norm_weight = part.vector("experts.norm.weight", {n, sub_width}, Init::ones());
    p.norm_bias = part.vector("experts.norm.bias", {n, sub_width}, Init::zeros());
  }
  if (options.expert.token_scale) {
    p.scale_weight = part.weight("experts.scale.weight", {n, sub_width}, Init::uniform(bound));
    p.scale_bias = part.vector("experts.scale.bias", {n}, Init::zeros());
  }
  return p;
}

}  // namespace

Smoa apply_smoa(const Site& site, Value u, Value stream_scale, const AdapterXOptions& options) {
  Graph& graph = *u.graph;
  const int64_t width = u.shape()[2], heads = options.heads_of(width);
  if (width % heads != 0) fail("{}: smoa: heads: {} don't divide the width {}", graph.scope(), heads, width);
  const Part part(graph, "SMoA", instance_name(site, options));
  SmoaParameters parameters = declare_parameters(part, options, width / heads);
  parameters.stream_scale = stream_scale;
  SmoaOptions o;
  o.heads = heads;
  o.top_k = options.top_k();
  o.temperature = options.router.learns_temperature() ? 1 : options.router.temperature;
  o.token_norm = options.router.token_norm;
  o.gate = options.router.gate;
  o.act = options.expert.act;
  o.scale = options.scale;
  if (o.gate && options.router.relative_gate) o.scale *= static_cast<float>(options.experts);
  o.dropout = site.training ? options.dropout : 0;
  return smoa(u, parameters, o);
}

}  // namespace ax
