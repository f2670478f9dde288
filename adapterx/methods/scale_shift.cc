#include "adapterx/methods/scale_shift.h"

#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/multiply.h"

namespace ax {

Value scale_shift(const Part& part, Value x) {
  const Shape d{x.shape().dim(-1)};
  const Value gamma = part.vector("gamma", d, Init::normal(1, 0.02f));
  const Value beta = part.vector("beta", d, Init::normal(0, 0.02f));
  return add(multiply(x, gamma), beta);
}

}  // namespace ax
