// One table of cases for the tests of ops: every op, and the compositions that rewrites look for.
#pragma once

#include <vector>

#include "adapterx/graph/gradient_check.h"

namespace ax {

struct OpCase {
  const char* name;
  BuildFunction build;
  double bf16_gradient = 2e-2;
};

std::vector<OpCase> op_cases();

}  // namespace ax
