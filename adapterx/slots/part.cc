#include "adapterx/slots/part.h"

#include "adapterx/graph/ops/linear.h"

namespace ax {

Value Part::declare(std::string_view name, const Shape& shape, Init start, bool decays) const {
  std::string full(name);
  if (!prefix_.empty()) full = prefix_ + "." + full;
  return graph_.parameter(std::move(full), shape, start, {label_, /*trained=*/true, decays});
}

Value Part::weight(std::string_view name, const Shape& shape, Init start) const {
  return declare(name, shape, start, true);
}

Value Part::vector(std::string_view name, const Shape& shape, Init start) const {
  return declare(name, shape, start, false);
}

Value Part::linear(std::string_view name, Value x, int64_t out, Init start, Role role) const {
  const std::string n(name);
  const Value b = vector(n + ".bias", {out}, Init::zeros());
  const Value w = weight(n + ".weight", {out, x.shape().dim(-1)}, start);
  return ax::linear(x, w, b, role);
}

}  // namespace ax
