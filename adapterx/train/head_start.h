// What a new head starts from: "linear probing, then fine-tuning" (Kumar et al., arXiv 2202.10054). A head of
// random weights sends noise through the features while it is learned; one that is fitted to the features as
// they are at the start leaves what was pretrained in place.
#pragma once

#include <cstdint>
#include <string>

#include "adapterx/graph/trained_parameters.h"
#include "adapterx/train/build_session.h"
#include "adapterx/train/config.h"
#include "adapterx/train/sample_features.h"
#include "adapterx/train/setup.h"

namespace ax {

struct HeadStart {
  int64_t samples = 0;
  int64_t held_out = 0, held_out_correct = 0;  // of these, as train/fit_probe.h says
  double l2 = 0;
  double seconds = 0;  // features and fit

  // "linear probe on 800 images, 66.88 % of 160 held out right, L2 0.03"
  std::string text(std::string_view noun) const;
};

// Whether the run's head starts from the linear probe. Throws Error where train.head_init asks for it and the
// task or the backbone has no head of one linear layer.
bool starts_from_probe(const TrainConfig& config, const TrainingSetup& setup,
                       const std::optional<LinearHead>& head);

// Fits the head among `trained` to features. `seconds` is left to the caller.
HeadStart fit_head(const SampleFeatures& features, const LinearHead& head, uint64_t seed,
                   TrainedParameters& trained);

}  // namespace ax
