// For tests: a compiled session against the scalar interpretation of the same graph in double, and its
// gradients against central differences of that interpretation.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "adapterx/graph/compile.h"
#include "adapterx/graph/interpreter.h"

namespace ax {

// Builds the graph under test and returns what is checked. Every parameter is differentiated,
// whatever its use; inputs are not.
using BuildFunction = std::function<Value(Graph&)>;

struct CheckOptions {
  CompileOptions compile;
  uint64_t seed = 7;
  uint32_t step = 3;
  bool gradients = true;
  // Values of inputs and parameters; default: uniform in [-1, 1), keyed by name. Labels are given by inputs
  // of Role::index, drawn below `classes`.
  TwinFeed feed;
  int classes = 5;
};

struct CheckResult {
  double forward_error = 0;         // |compiled - twin| / |twin| over the result, Euclidean norms
  double worst_gradient_error = 0;  // the same of each parameter's gradient against differences
  std::string worst_parameter;
};

CheckResult check_graph(const BuildFunction& build, const CheckOptions& options);

// |a - b| / |b|; |a| where b = 0.
double relative_error(const std::vector<double>& a, const std::vector<double>& b);

// The default feed. An input named "probabilities" gets rows that sum to 1.
std::vector<double> test_values(std::string_view name, const Shape& shape);

}  // namespace ax
