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

}  // namespace

Evaluation evaluate(Session& session, Loader& loader, int64_t images,
                    const std::function<bool(int64_t)>& on_batch) {
  const auto start = std::chrono::steady_clock::now();
  const Tensor input = session.input("images"), logits = session.output("logits");
  Evaluation result;
  result.classes = logits.shape.dim(-1);
  result.predictions.resize(static_cast<size_t>(images));
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
                                       static_cast<size_t>(result.classes));
      const Answer answer = answer_of(row, batch->labels[static_cast<size_t>(i)]);
      if (!std::isfinite(answer.loss)) {
        fail(
            "evaluation: logits of image {} are not finite; the weights are damaged, or the learning rate "
            "was "
            "too high",
            batch->indices[static_cast<size_t>(i)]);
      }
      result.predictions[static_cast<size_t>(batch->indices[static_cast<size_t>(i)])] = answer.prediction;
      result.loss += answer.loss;
      result.correct += answer.prediction.predicted == answer.prediction.label;
    }
    result.images += batch->count;
    if (on_batch && !on_batch(result.images)) break;
  }
  if (result.images > 0) result.loss /= static_cast<double>(result.images);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
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
