// Evaluation by a loader's samples: the session answers, the task's evaluator collects.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "adapterx/data/loader.h"
#include "adapterx/graph/session.h"
#include "adapterx/tasks/evaluation.h"

namespace ax {

// Runs the session on each batch of one epoch of the loader, then calls `each`, which returns whether to go
// on. False: it said no.
bool answer_epoch(Session& session, std::string_view input_name, Loader& loader,
                  const std::function<bool(const Loader::Batch&)>& each);

// One epoch of the loader, whose samples and batch are those of the session's input. `on_batch` is told the
// samples done and returns whether to go on; an evaluation that was stopped has fewer.
EvaluationPtr evaluate(Session& session, std::string_view input_name, Loader& loader, Evaluator& evaluator,
                       const std::function<bool(int64_t)>& on_batch = {});

// Voting: several epochs, of each the loader that `loader_of` gives (data/points/point_samples.h,
// vote_samples), for an evaluator that takes so many answers of a sample. One that was stopped has no
// samples. `on_batch` is told those done in all votes.
EvaluationPtr evaluate_by_votes(Session& session, std::string_view input_name,
                                const std::function<std::unique_ptr<Loader>(int64_t)>& loader_of,
                                int64_t votes, Evaluator& evaluator,
                                const std::function<bool(int64_t)>& on_batch = {});

}  // namespace ax
