// What a model and a method amount to, by their graphs alone: no weights are needed.
#pragma once

#include <string>
#include <vector>

#include "adapterx/models/backbone.h"
#include "adapterx/train/trained_parts.h"

namespace ax {

struct ModelCount {
  int64_t parameters = 0;  // head included, buffers not
  double flops = 0;        // matrix products of one sample's forward pass; a multiply-add counts as two
};
ModelCount count_model(const Backbone& model);

// What a method trains of a model, part by part. settings: "key=value". Throws Error on an unknown method or
// setting.
TrainedParts count_trained(const Backbone& model, const std::string& method,
                           const std::vector<std::string>& settings);

}  // namespace ax
