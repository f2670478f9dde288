// compile(): from a graph to a Session that runs it. All decisions are made here, once: what to
// differentiate, what to fuse, what to keep or compute again, element types, packed weights, places in
// memory, kernels.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapterx/graph/frozen_weights.h"
#include "adapterx/graph/graph.h"
#include "adapterx/graph/precision.h"
#include "adapterx/graph/session.h"
#include "adapterx/graph/trained_parameters.h"

namespace ax {

struct CompileOptions {
  Precision precision = Precision::automatic;
  // Element type of the residual stream at bf16. f32 adds 24 small terms without rounding the sum each time;
  // bf16 halves the stream's memory traffic.
  DType residual = DType::f32;
  // Rewrites, each can be switched off (for tests and measurements).
  bool narrow_tokens = true;
  bool fuse = true;
  bool recompute = true;
};

struct CompileRequest {
  // What the caller reads after a step, by name.
  std::vector<std::pair<std::string, Value>> outputs;
  // Scalar to differentiate; absent: a forward-only session.
  Value loss;
  // Trained values and gradients, shared between sessions; null where nothing is trained. A graph may use
  // some of the entries only.
  std::shared_ptr<TrainedParameters> trained;
  std::shared_ptr<FrozenWeights> frozen;  // null: every frozen parameter starts by its Init
  CompileOptions options;
};

// Rewrites `graph` in place: a graph is compiled once. Throws Error on missing weights, on a loss that
// depends on nothing trained, and on a graph compiled before.
std::unique_ptr<Session> compile(Graph& graph, CompileRequest request);

}  // namespace ax
