// From a task, a backbone, a method and a batch size to a session that trains or evaluates: the one way in
// which programs, tests and benchmarks put the layers together.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapterx/graph/compile.h"
#include "adapterx/methods/method.h"
#include "adapterx/models/backbone.h"
#include "adapterx/tasks/classification.h"

namespace ax {

struct SessionSpec {
  BackbonePtr model;
  TaskPtr task = classification({});  // head and loss; by itself of the classes that the model has
  int64_t batch = 1;
  bool training = true;       // with loss, backward, dropout and drop path; else forward only
  bool from_scratch = false;  // the backbone has a start of its own (BackboneBuild)
  float drop_path = 0;
  bool observe = false;  // what the method observes (Adaptation::observed) is kept as outputs
  bool measure = false;  // what its scales are measured on (Adaptation::stream_scales) is kept as outputs
  CompileOptions options;
};

// Inputs: the backbone's (ModelInput::name) and, when training, the task's. Outputs: the task's and, when
// training, "loss", and "penalty" where the method has one: all f32. The gradient is that of loss + penalty.
struct BuiltSession {
  std::shared_ptr<TrainedParameters> trained;
  std::unique_ptr<Session> session;
  std::vector<std::string> task_outputs;
  bool has_penalty = false;                    // whether there is an output "penalty"
  std::optional<LinearHead> linear_head = {};  // TaskGraph::linear_head
  bool draws = false;                          // whether a step draws random numbers
  struct Observed {
    ObservedKind kind = ObservedKind::expert_choice;
    int block = 0;
    int64_t count = 0;   // indices are below this
    std::string output;  // of the session, where spec.observe asks for it
  };
  struct Measured {
    std::string buffer;         // among the trained parameters
    std::string stream, input;  // outputs of the session, f32, where spec.measure asks for them
  };
  std::vector<Measured> measured;  // the method's StreamScales, measured or not, in order of blocks
  std::vector<Observed> observed;  // what the method can observe, asked for or not, in order of blocks
};

// `trained`: those of another session over the same model and method, to share; null: new ones, with values
// from `source` where it holds them, else drawn by `seed`.
BuiltSession build_session(const SessionSpec& spec, const Method& method,
                           std::shared_ptr<FrozenWeights> frozen, const WeightSource& source,
                           uint64_t seed = 0, std::shared_ptr<TrainedParameters> trained = nullptr);

// The same on features that were computed before, where the head is all that is trained: the input is
// kFeatures [batch, d_f], and neither spec.model nor a method is asked.
inline constexpr const char* kFeatures = "features";
BuiltSession build_head_session(const SessionSpec& spec, const LinearHead& head,
                                std::shared_ptr<FrozenWeights> frozen,
                                std::shared_ptr<TrainedParameters> trained);

}  // namespace ax
