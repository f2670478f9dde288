// An adapter put back on its backbone: what evaluation and prediction run.
#pragma once

#include <filesystem>
#include <memory>

#include "adapterx/methods/method.h"
#include "adapterx/train/adapter_file.h"
#include "adapterx/train/build_session.h"
#include "adapterx/train/model_setup.h"

namespace ax {

struct AdaptedModel {
  AdapterFile adapter;
  WeightSource backbone;  // of what the adapter left frozen; of a whole model: the file itself
  WeightSource source;    // of every parameter
  std::unique_ptr<Method> method;
  std::string weights;  // the backbone's file; "": the file is a whole model, or a run's setup has it open
};

// `weights`: the backbone the adapter was trained on, by its hash. Where it is "", the file is a whole model,
// or the backbone comes with the program (train/bundled_backbone.h) and is found by the name that the adapter
// has of it. Throws Error where it is missing or another.
AdaptedModel open_adapted_model(const std::filesystem::path& adapter, const std::string& weights);

// An adapter of a run that has its backbone open, which is neither opened nor hashed again.
AdaptedModel open_adapted_model(const std::filesystem::path& adapter, const ModelSetup& setup);

// A session for evaluation. `frozen`: FrozenWeights(model.backbone), which adapters over one backbone can
// share, so that it is packed once; null: its own. `observe`: what the method observes is kept as outputs.
BuiltSession build_adapted_session(const AdaptedModel& model, int64_t batch, const CompileOptions& options,
                                   std::shared_ptr<FrozenWeights> frozen = nullptr, bool observe = false);

}  // namespace ax
