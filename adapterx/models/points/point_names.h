// The names of published point transformers' checkpoints, as ours. Internal to point_checkpoint.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/io/tensors/tensor_file.h"

namespace ax {

struct PointNames {
  std::string root;    // what precedes the backbone's names: "base_model.module.MAE_encoder."
  std::string family;  // for people, as the root tells
  std::map<std::string, std::string, std::less<>> tensors;  // of the backbone: our name to the file's
  std::vector<std::string> outside;                         // names of the file that lie elsewhere
};

// Of several backbones in a file the one that the authors' own loaders take (Point-BERT's transformer_q, not
// its momentum copy transformer_k). An empty map of tensors where there is none.
PointNames find_point_names(const TensorFile& file);

// What a tensor of the backbone's part, under our name, is good for where the model has no use for it; "":
// unknown.
std::string_view known_use(std::string_view name);

}  // namespace ax
