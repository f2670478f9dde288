// The table of cases for the tests of ops: every op, and the compositions that rewrites look for.
#pragma once

#include <vector>

#include "adapterx/graph/gradient_check.h"

namespace ax {

struct OpCase {
  const char* name;
  BuildFunction build;
  double bf16_gradient = 2e-2;
};

// Each op by itself, then the composed ones.
std::vector<OpCase> op_cases();

// Several ops, which rewrites fuse, narrow, reorder or must leave alone.
std::vector<OpCase> composed_op_cases();

// An operand whose gradient is asked for, in the role that activations have.
Value operand(Graph& g, const char* name, const Shape& shape, Role role = Role::activation);

// Batch norm over x's innermost axis; its running variance is made positive by the source of values alone, so
// that here it is squared.
Value normalised(Graph& g, Value x, bool batch_statistics);

}  // namespace ax
