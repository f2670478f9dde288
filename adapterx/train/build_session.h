// From a model, a method and a batch size to a session that trains or evaluates: the one way in which
// programs, tests and benchmarks put the layers together.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapterx/graph/compile.h"
#include "adapterx/methods/method.h"
#include "adapterx/models/backbone.h"
#include "adapterx/models/masked_options.h"

namespace ax {

struct SessionSpec {
  BackboneConfig model;
  int64_t batch = 1;
  bool training = true;       // with loss, backward, dropout and drop path; else forward only
  bool from_scratch = false;  // the backbone has a start of its own (BlockBuild)
  float drop_path = 0;
  float label_smoothing = 0;
  // Input "labels" holds rows of weights f32 [B, classes] (mixup, several heads), not i32 [B].
  bool target_rows = false;
  std::vector<int64_t> heads;  // classes of each, where there are several (kernels/loss/cross_entropy.h)
  bool observe = false;        // what the method observes (Adaptation::observed) is kept as outputs
  // Masked pretraining (models/mae.h, models/point_mae.h) in place of classification: no labels, no logits.
  std::optional<MaskedOptions> masked;
  CompileOptions options;
};

// Inputs: input_name(model) and, when training, "labels". Outputs: "features", "logits" (where the model has
// classes) and, when training, "loss", the mean cross-entropy, and "penalty" where the method has one: all
// f32. The gradient is that of loss + penalty.
struct BuiltSession {
  std::shared_ptr<TrainedParameters> trained;
  std::unique_ptr<Session> session;
  bool has_penalty = false;  // whether there is an output "penalty"
  struct Observed {
    ObservedKind kind = ObservedKind::expert_choice;
    int block = 0;
    int64_t count = 0;   // indices are below this
    std::string output;  // of the session, where spec.observe asks for it
  };
  std::vector<Observed> observed;  // what the method can observe, asked for or not, in order of blocks
};

// `trained`: those of another session over the same model and method, to share; null: new ones, with values
// from `source` where it holds them, else drawn by `seed`.
BuiltSession build_session(const SessionSpec& spec, const Method& method,
                           std::shared_ptr<FrozenWeights> frozen, const WeightSource& source,
                           uint64_t seed = 0, std::shared_ptr<TrainedParameters> trained = nullptr);

}  // namespace ax
