#include "adapterx/methods/adapter_x/router.h"

namespace ax {

void declare_router(const Part& part, const AdapterXOptions& options, int64_t sub_width,
                    SmoaParameters& parameters) {
  constexpr float kGain = 0.32f;
  const int64_t width = options.router.cosine ? options.route_width() : options.experts;
  parameters.router = part.weight("router.proj.weight", {width, sub_width}, Init::orthogonal(kGain));
  if (options.router.cosine) {
    parameters.embed = part.weight("router.embed.weight", {options.experts, width}, Init::orthogonal(kGain));
  }
  if (options.router.learns_temperature()) {
    parameters.log_temperature = part.vector("router.log_temperature", {1}, Init::zeros());
  }
}

}  // namespace ax
