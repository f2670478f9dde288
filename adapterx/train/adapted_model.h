// An adapter put back on its backbone: what evaluation and prediction run.
#pragma once

#include <filesystem>
#include <memory>

#include "adapterx/methods/method.h"
#include "adapterx/train/adapter_file.h"
#include "adapterx/train/build_session.h"

namespace ax {

struct AdaptedModel {
  AdapterFile adapter;
  WeightSource source;  // of every parameter
  std::unique_ptr<Method> method;
};

// `weights`: the backbone the adapter was trained on, by its hash; "" where the file is a whole model. Throws
// Error where it is missing or another.
AdaptedModel open_adapted_model(const std::filesystem::path& adapter, const std::string& weights);

// A session for evaluation. `frozen`: shared by adapters over one backbone, so that it is packed once; null:
// its own.
BuiltSession build_adapted_session(const AdaptedModel& model, int64_t batch, const CompileOptions& options,
                                   std::shared_ptr<FrozenWeights> frozen = nullptr);

}  // namespace ax
