#include "adapterx/train/evaluate.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "adapterx/base/error.h"

namespace ax {
namespace {

struct Answer {
  Prediction prediction;
  double loss = 0;
};

Answer answer_of(std::span<const float> logits, int32_t label) {
  const auto top = std::ranges::max_element(logits);
  double sum = 0;
  for (const float x : logits) sum += std::exp(static_cast<double>(x) - static_cast<double>(*top));
  const double log_sum = std::log(sum);
  const double own = static_cast<double>(logits[static_cast<size_t>(label)]) - static_cast<double>(*top);
  return {{label, static_cast<int32_t>(top - logits.begin()), static_cast<float>(1 / sum),
           static_cast<float>(std::exp(own - log_sum))},
          log_sum - own};
}

using Clock = std::chrono::steady_clock;

void expect_finite(const Answer& answer, int64_t index) {
  if (std::isfinite(answer.loss)) return;
  fail(
      "evaluation: logits of sample {} are not finite; the weights are damaged, or the learning rate was too "
      "high",
      index);
}

// Calls each(index, label, logits) for the samples of one epoch of the loader; false from on_batch stops it.
template <class Each>
bool run_epoch(Session& session, std::string_view input_name, Loader& loader, const Each& each,
               const std::function<bool(int64_t)>& on_batch) {
  const Tensor input = session.input(input_name), logits = session.output("logits");
  int64_t done = 0;
  loader.start(0);
  while (const Loader::Batch* batch = loader.next()) {
    if (batch->inputs.size() != input.f32_span().size()) {
      fail("evaluation: expected batches of {}, got {} numbers", to_string(input.shape),
           batch->inputs.size());
    }
    std::ranges::copy(batch->inputs, input.f32());
    session.run();
    for (int64_t i = 0; i < batch->count; ++i) {
      const std::span<const float> row(static_cast<const float*>(logits.row(i)),
                                       static_cast<size_t>(logits.shape.dim(-1)));
      each(batch->indices[static_cast<size_t>(i)], batch->labels[static_cast<size_t>(i)], row);
    }
    done += batch->count;
    if (on_batch && !on_batch(done)) return false;
  }
  return true;
}

void note(int64_t index, const Answer& answer, Evaluation& result) {
  expect_finite(answer, index);
  result.predictions[static_cast<size_t>(index)] = answer.prediction;
  result.loss += answer.loss;
  result.correct += answer.prediction.predicted == answer.prediction.label;
  ++result.images;
}

Evaluation begun(const Session& session, int64_t samples) {
  Evaluation result;
  result.classes = session.output("logits").shape.dim(-1);
  result.predictions.resize(static_cast<size_t>(samples));
  return result;
}

void finish(Clock::time_point start, Evaluation& result) {
  if (result.images > 0) result.loss /= static_cast<double>(result.images);
  result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

Evaluation evaluate(Session& session, std::string_view input_name, Loader& loader, int64_t samples,
                    const std::function<bool(int64_t)>& on_batch) {
  const auto start = Clock::now();
  Evaluation result = begun(session, samples);
  run_epoch(
      session, input_name, loader,
      [&](int64_t index, int32_t label, std::span<const float> logits) {
        note(index, answer_of(logits, label), result);
      },
      on_batch);
  finish(start, result);
  return result;
}

Evaluation evaluate_by_votes(Session& session, std::string_view input_name,
                             const std::function<std::unique_ptr<Loader>(int64_t)>& loader_of, int64_t votes,
                             int64_t samples, const std::function<bool(int64_t)>& on_batch) {
  const auto start = Clock::now();
  Evaluation result = begun(session, samples);
  const auto classes = static_cast<size_t>(result.classes);
  std::vector<float> sums(static_cast<size_t>(samples) * classes);
  std::vector<int32_t> labels(static_cast<size_t>(samples));
  for (int64_t vote = 0; vote < votes; ++vote) {
    const std::unique_ptr<Loader> loader = loader_of(vote);
    const auto add = [&](int64_t index, int32_t label, std::span<const float> logits) {
      labels[static_cast<size_t>(index)] = label;
      for (size_t c = 0; c < classes; ++c) sums[static_cast<size_t>(index) * classes + c] += logits[c];
    };
    const auto watch = [&](int64_t done) { return !on_batch || on_batch(vote * samples + done); };
    if (!run_epoch(session, input_name, *loader, add, watch)) return result;
  }
  for (float& x : sums) x /= static_cast<float>(votes);
  for (int64_t i = 0; i < samples; ++i) {
    const std::span<const float> row(sums.data() + static_cast<size_t>(i) * classes, classes);
    note(i, answer_of(row, labels[static_cast<size_t>(i)]), result);
  }
  finish(start, result);
  return result;
}

std::vector<int64_t> Evaluation::confusion() const {
  std::vector<int64_t> counts(static_cast<size_t>(classes * classes));
  for (const Prediction& p : predictions) ++counts[static_cast<size_t>(p.label * classes + p.predicted)];
  return counts;
}

std::vector<double> Evaluation::class_accuracy() const {
  const std::vector<int64_t> counts = confusion();
  std::vector<double> accuracy;
  for (int64_t r = 0; r < classes; ++r) {
    int64_t sum = 0;
    for (int64_t c = 0; c < classes; ++c) sum += counts[static_cast<size_t>(r * classes + c)];
    accuracy.push_back(sum > 0 ? static_cast<double>(counts[static_cast<size_t>(r * classes + r)]) /
                                     static_cast<double>(sum)
                               : std::numeric_limits<double>::quiet_NaN());
  }
  return accuracy;
}

}  // namespace ax
