// What a method trains, as a table of its parts.
#pragma once

#include <string>

#include "adapterx/train/trained_parts.h"

namespace ax::cli {

double percent_of_backbone(int64_t numbers, const TrainedParts& parts);

// A line a part with its share of the backbone, then the totals without and with the head.
std::string parts_table(const TrainedParts& parts, size_t width);

}  // namespace ax::cli
