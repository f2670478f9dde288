// The names of published point transformers' checkpoints, as ours.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "adapterx/io/tensors/tensor_file.h"
#include "adapterx/models/checkpoint/checkpoint_names.h"

namespace ax {

class PointNames : public CheckpointNames {
 public:
  // Of several backbones in the file the one that the authors' own loaders take (Point-BERT's transformer_q,
  // not its momentum copy transformer_k).
  explicit PointNames(const TensorFile& file);

  bool any() const { return !originals_.empty(); }  // whether the file holds a point transformer
  // The file's name of a parameter of ours; null where it has none.
  const std::string* original(std::string_view ours) const;

  std::string_view title() const override { return title_; }
  const std::string& root() const override { return root_; }
  std::string_view architecture() const override { return "point transformer"; }
  ParameterPlan find(const std::string& ours, const Shape& shape) const override;
  std::string expected(const std::string& ours) const override { return root_ + ours; }
  std::optional<Start> start_of(const std::string& ours) const override;
  Use use_of(const std::string& tensor) const override;

 private:
  std::string root_;  // what precedes the backbone's names: "base_model.module.MAE_encoder."
  std::string_view title_ = "a point transformer";             // as the root tells
  std::map<std::string, std::string, std::less<>> originals_;  // of the backbone: our name to the file's
};

}  // namespace ax
