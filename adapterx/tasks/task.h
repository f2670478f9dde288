// Task: what is learned of a sample. It says what a sample's target is, builds head and loss on a backbone's
// features, scores a batch in training, and evaluates. A task knows no method; a run is a task x a backbone x
// a method. Rows: classification, several label sets (tasks/classification.h), masked pretraining
// (tasks/masked.h).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapterx/data/data_splits.h"
#include "adapterx/data/loader.h"
#include "adapterx/graph/graph.h"
#include "adapterx/graph/session.h"
#include "adapterx/models/backbone.h"
#include "adapterx/tasks/evaluation.h"
#include "adapterx/tasks/linear_head.h"

namespace ax {

// What a task's graph gives: outputs by name, for whoever runs it, and the loss. Loss absent: forward only.
struct TaskGraph {
  std::vector<std::pair<std::string, Value>> outputs;  // exact, "features" the first
  Value loss;                                          // scalar
  // Where a single softmax over one linear layer of the features is all of the head.
  std::optional<LinearHead> linear_head = {};
};

class Task {
 public:
  virtual ~Task() = default;

  virtual std::string_view name() const = 0;  // "classification", "label sets", "masked pretraining"
  // The classes that are told apart, by name; empty where the model needs no head.
  virtual const std::vector<std::string>& classes() const = 0;

  // Backbone, head and, for training, loss, whose inputs set_targets fills. Calls the slots of a method on
  // the way. Throws Error where the backbone doesn't suit the task.
  virtual TaskGraph build(Graph& graph, const Backbone& backbone, const BackboneBuild& build,
                          Slots& slots) const = 0;
  // Head and loss alone, on features that a backbone gave before; only of a task whose head is a
  // TaskGraph::linear_head.
  virtual TaskGraph build_on(Graph& graph, const Features& features, int64_t classes, bool training) const;
  // What is told of each of these samples beside its label, carried along to where it lies in the input;
  // null: nothing. For the Loader whose batches set_targets and evaluator get.
  virtual TargetsPtr targets(const std::shared_ptr<const SampleSource>& samples) const = 0;
  // Copies a batch's targets to the inputs of a training session.
  virtual void set_targets(const Loader::Batch& batch, const Session& session) const = 0;
  // Samples of a batch that a training session answered right; 0 where nothing can be right or wrong.
  virtual int64_t count_correct(const Loader::Batch& batch, const Session& session) const = 0;

  // Null: the task is trained and not evaluated. `session`: one that doesn't train.
  virtual std::unique_ptr<Evaluator> evaluator(int64_t samples, const Session& session) const = 0;
  virtual bool evaluates() const = 0;
  // Whether what is saved is a backbone to be adapted, and no adapter of one.
  virtual bool makes_backbone() const { return false; }
};
using TaskPtr = std::shared_ptr<const Task>;

// What a user says of the task.
struct TaskSettings {
  float label_smoothing = 0;
  bool mixes_targets = false;  // augmentation mixes the targets of a batch (mixup, cutmix)
  MaskedOptions masked;
};

enum class Objective : uint8_t { classes, masked };  // what a user calls a task: pretrain.objective

// A row of the table: a task before the data are known.
struct TaskKind {
  Objective objective = Objective::classes;
  bool labelled = true;  // whether the data must say something of each sample
  TaskPtr (*make)(const TaskSettings& settings, const DataSplits& data) = nullptr;
};
const TaskKind& task_kind(Objective objective);

}  // namespace ax
