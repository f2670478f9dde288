// The error of a training whose loss is no number any more.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapterx/graph/session.h"
#include "adapterx/graph/trained_parameters.h"

namespace ax {

// Throws Error with `place` ("step 12 (epoch 1, batch 12)") and the first that is not finite of: the trained
// parameters, the batch (`input`, the session's input), the session's `outputs`.
[[noreturn]] void fail_non_finite(std::string_view place, double loss, double penalty,
                                  const TrainedParameters& trained, const Session& session,
                                  std::string_view input, const std::vector<std::string>& outputs);

}  // namespace ax
