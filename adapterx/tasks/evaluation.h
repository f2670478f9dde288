// Evaluation: a model's answers on a set of samples, and what they are worth. What is found besides depends
// on the task, whose own evaluation derives from this one (tasks/class_evaluation.h).
#pragma once

#include <cstdint>
#include <memory>

#include "adapterx/data/loader.h"
#include "adapterx/graph/session.h"

namespace ax {

struct Evaluation {
  virtual ~Evaluation() = default;
  // The metric that chooses the best epoch: in [0, 1], the greater the better.
  virtual double score() const = 0;

  int64_t samples = 0;  // answered
  double loss = 0;      // mean over the samples
  double seconds = 0;
};
using EvaluationPtr = std::shared_ptr<const Evaluation>;

// Collects the answers of an evaluation, batch by batch.
class Evaluator {
 public:
  virtual ~Evaluator() = default;
  // The session's outputs for a batch, of which `batch.count` samples count. Throws Error on answers that are
  // not finite.
  virtual void add(const Loader::Batch& batch, const Session& session) = 0;
  // Of what was added; called once.
  virtual std::shared_ptr<Evaluation> result() = 0;
};

}  // namespace ax
