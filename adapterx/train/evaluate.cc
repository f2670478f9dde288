#include "adapterx/train/evaluate.h"

#include <algorithm>
#include <chrono>

#include "adapterx/base/error.h"

namespace ax {
namespace {

using Clock = std::chrono::steady_clock;

// An epoch's answers to the evaluator; false from on_batch stops it.
bool run_epoch(Session& session, std::string_view input_name, Loader& loader, Evaluator& evaluator,
               int64_t done, const std::function<bool(int64_t)>& on_batch) {
  return answer_epoch(session, input_name, loader, [&](const Loader::Batch& batch) {
    evaluator.add(batch, session);
    done += batch.count;
    return !on_batch || on_batch(done);
  });
}

EvaluationPtr finish(Clock::time_point start, Evaluator& evaluator) {
  const std::shared_ptr<Evaluation> result = evaluator.result();
  result->seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return result;
}

}  // namespace

bool answer_epoch(Session& session, std::string_view input_name, Loader& loader,
                  const std::function<bool(const Loader::Batch&)>& each) {
  const Tensor input = session.input(input_name);
  loader.start(0);
  while (const Loader::Batch* batch = loader.next()) {
    if (batch->inputs.size() != input.f32_span().size()) {
      fail("evaluation: expected batches of {}, got {} numbers", to_string(input.shape),
           batch->inputs.size());
    }
    std::ranges::copy(batch->inputs, input.f32());
    session.run();
    if (!each(*batch)) return false;
  }
  return true;
}

EvaluationPtr evaluate(Session& session, std::string_view input_name, Loader& loader, Evaluator& evaluator,
                       const std::function<bool(int64_t)>& on_batch) {
  const auto start = Clock::now();
  run_epoch(session, input_name, loader, evaluator, 0, on_batch);
  return finish(start, evaluator);
}

EvaluationPtr evaluate_by_votes(Session& session, std::string_view input_name,
                                const std::function<std::unique_ptr<Loader>(int64_t)>& loader_of,
                                int64_t votes, Evaluator& evaluator,
                                const std::function<bool(int64_t)>& on_batch) {
  const auto start = Clock::now();
  int64_t done = 0;
  for (int64_t vote = 0; vote < votes; ++vote) {
    const std::unique_ptr<Loader> loader = loader_of(vote);
    int64_t reached = done;
    const auto watch = [&](int64_t samples) {
      reached = samples;
      return !on_batch || on_batch(samples);
    };
    if (!run_epoch(session, input_name, *loader, evaluator, done, watch)) break;
    done = reached;
  }
  return finish(start, evaluator);
}

}  // namespace ax
