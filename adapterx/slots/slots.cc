#include "adapterx/slots/slots.h"

namespace ax {

ParameterUse use_of(Slots& slots, const BackboneParameter& parameter) {
  const bool decays = parameter.kind == ParameterKind::weight;
  const std::string_view part = slots.trained_part(parameter);
  if (part.empty()) return {.decays = decays};
  return {std::string(part), /*trained=*/true, decays, slots.relative_rate(parameter)};
}

}  // namespace ax
