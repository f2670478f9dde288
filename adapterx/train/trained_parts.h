// What a method trains, by the parts under which its parameters are declared (ParameterUse): LN2, PG, CLS,
// SMoA, adapter, TFTS, those of other methods in the order of the model, backbone, decoder, head. Published
// tables count with and without the head; the parts let both be read off. Buffers don't count.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "adapterx/graph/trained_parameters.h"
#include "adapterx/models/backbone.h"

namespace ax {

struct TrainedPart {
  std::string name;
  int64_t numbers = 0;
};

struct TrainedParts {
  std::vector<TrainedPart> parts;  // those that aren't empty, in the order above
  int64_t total = 0, head = 0;
  int64_t backbone = 0;                 // numbers of the whole backbone, without a head
  double percent() const;               // of total
  double percent_without_head() const;  // of total - head
  std::string text() const;  // "LN2 18,432 · CLS 768 · head 38,045 · total 57,245 of 85.8 M = 0.067 %"
};

TrainedParts trained_parts(std::span<const TrainedParameters::Entry> entries, const Backbone& model);

// Numbers in a model's parameters but the head's.
int64_t backbone_numbers(const Backbone& model);

}  // namespace ax
