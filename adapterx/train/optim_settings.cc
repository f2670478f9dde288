#include "adapterx/train/config_settings.h"

namespace ax {
namespace {

constexpr double kMany = 1e9, kSamples = 65536;

}  // namespace

std::vector<Setting> optim_settings(OptimConfig& t) {
  return {
      {"train.epochs", &t.epochs, "Passes over the training samples.", {1, kMany}},
      {"train.batch", &t.batch, "Samples of one pass through the model.", {1, kSamples}},
      {"train.accumulate",
       &t.accumulate,
       "Batches whose gradients are averaged into one step.",
       {1, kSamples}},
      {"train.optimizer", one_of(t.optimizer, {{"adamw", OptimizerKind::adamw}, {"sgd", OptimizerKind::sgd}}),
       "Optimizer of the trained parameters."},
      {"train.lr", &t.lr, "Learning rate at its peak.", {0, 1e6}},
      {"train.min_lr", &t.min_lr, "Learning rate at the end.", {0, 1e6}},
      {"train.warmup_lr", &t.warmup_lr, "Learning rate at the start of the warm-up.", {0, 1e6}},
      {"train.warmup_epochs",
       &t.warmup_epochs,
       "Epochs in which the learning rate rises to its peak.",
       {0, kMany}},
      {"train.schedule_unit",
       one_of(t.schedule_unit, {{"epoch", ScheduleUnit::epoch}, {"step", ScheduleUnit::step}}),
       "Whether the learning rate changes from epoch to epoch or from step to step."},
      {"train.weight_decay",
       &t.weight_decay,
       "Weight decay, decoupled with AdamW and added to the gradient with SGD.",
       {0, 1e3}},
      {"train.decay_vectors", &t.decay_vectors,
       "Whether biases, norms, class tokens and positions have weight decay, too."},
      {"train.beta1", &t.beta1, "Decay of AdamW's first moment.", from_below(0, 1)},
      {"train.beta2", &t.beta2, "Decay of AdamW's second moment.", from_below(0, 1)},
      {"train.momentum", &t.momentum, "Momentum of SGD.", from_below(0, 1)},
      {"train.label_smoothing",
       &t.label_smoothing,
       "Share of the target that is spread over all classes.",
       {0, 0.999}},
      {"train.drop_path",
       &t.drop_path,
       "Probability with which the last block's branches are dropped, rising from 0 at the first block.",
       {0, 0.999}},
      {"train.head_init",
       one_of(t.head_init,
              {{"auto", HeadInit::automatic}, {"probe", HeadInit::probe}, {"random", HeadInit::random}}),
       "What a new head starts from: the linear probe, fitted to the features of the training samples before "
       "the first epoch, or random weights; auto is the probe where weights are given and the head is one "
       "linear layer."},
      {"train.clip",
       &t.clip,
       "Largest norm of the gradient, which is scaled down to it, or 0 for any.",
       {0, 1e9}},
      {"train.ema",
       &t.ema,
       "Decay of the moving average of the parameters that is evaluated and saved, or 0 for none.",
       {0, 0.9999999}},
      {"train.patience",
       &t.patience,
       "Evaluations without a better accuracy after which training stops, or 0 to go on.",
       {0, kMany}},
      {"train.eval_every", &t.eval_every, "Epochs from one evaluation to the next.", {1, kMany}},
      {"train.eval_batch",
       &t.eval_batch,
       "Samples at a time in evaluation, or 0 for train.batch.",
       {0, kSamples}},
      {"train.select",
       one_of(t.select, {{"val", Select::val}, {"last", Select::last}, {"test-best", Select::test_best}}),
       "Which epoch is kept: the best on validation samples, the last, or the best on test samples."},
      {"train.seed", &t.seed, "Seed of initial values, order of samples, augmentation and dropout."},
      {"train.precision",
       one_of(t.precision,
              {{"auto", Precision::automatic}, {"fp32", Precision::fp32}, {"bf16", Precision::bf16}}),
       "Precision of frozen weights and activations; auto is bf16 where the processor has it."},
      {"train.threads", &t.threads, "Threads of the model, or 0 for all cores.", {0, 1024}},
      {"train.checkpoint_minutes",
       &t.checkpoint_minutes,
       "Minutes between checkpoints within an epoch.",
       {0, 1e6}},
      {"train.out", &t.out, "Folder of the run, new or empty."}};
}

}  // namespace ax
