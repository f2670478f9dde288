// What `adapterx predict` prints of a file.
#pragma once

#include <string>
#include <vector>

#include "adapterx/app/predictor.h"

namespace ax::cli {

struct PredictionStyle {
  size_t top_k = 5;
  std::string label;  // of the model, where several answer; else ""
};

// The file, then a line for each of the most probable classes. classes: their names, or empty.
std::string prediction_text(const FileAnswer& answer, const std::vector<std::string>& classes,
                            const PredictionStyle& style);

// One JSON object without a line's end, of an answer or of its error; bytes of names that aren't UTF-8 are
// replaced.
std::string prediction_json(const FileAnswer& answer, const std::vector<std::string>& classes,
                            const PredictionStyle& style);

}  // namespace ax::cli
