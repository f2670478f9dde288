#include "adapterx/train/config_options.h"

namespace ax {
OptimizerOptions optimizer_options(const OptimConfig& c) {
  OptimizerOptions o;
  o.kind = c.optimizer == OptimizerKind::sgd ? OptimizerOptions::Kind::sgd : OptimizerOptions::Kind::adamw;
  o.beta1 = static_cast<float>(c.beta1);
  o.beta2 = static_cast<float>(c.beta2);
  o.momentum = static_cast<float>(c.momentum);
  o.weight_decay = static_cast<float>(c.weight_decay);
  o.max_gradient_norm = static_cast<float>(c.clip);
  o.decay_vectors = c.decay_vectors;
  return o;
}

ScheduleOptions schedule_options(const OptimConfig& c) {
  return {c.lr, c.min_lr, c.epochs, c.warmup_epochs, c.warmup_lr, c.schedule_unit};
}

SessionSpec session_spec(const TrainConfig& c, const TrainingSetup& setup, int64_t batch) {
  SessionSpec s;
  s.model = setup.model;
  s.task = setup.task;
  s.batch = batch;
  s.training = false;
  s.from_scratch = !setup.source;
  s.drop_path = static_cast<float>(c.train.drop_path);
  s.options.precision = c.train.precision;
  return s;
}

}  // namespace ax
