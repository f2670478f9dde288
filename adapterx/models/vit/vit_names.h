// The names of vision transformers' checkpoints, by the key maps of the libraries that write them.
#pragma once

#include <map>
#include <string>

#include "adapterx/models/checkpoint/checkpoint_names.h"
#include "adapterx/models/checkpoint/foreign_names.h"

namespace ax {

class VitNames : public CheckpointNames {
 public:
  // positions: of the model in the file. Keeps references.
  VitNames(const ForeignNames& names, const FoundKeyMap& found, const PositionPlan& positions);

  std::string_view title() const override { return found_.map->title; }
  const std::string& root() const override { return found_.root; }
  std::string_view architecture() const override { return "ViT"; }
  ParameterPlan find(const std::string& ours, const Shape& shape) const override;
  std::string expected(const std::string& ours) const override;
  std::optional<Start> start_of(const std::string& ours) const override;
  Use use_of(const std::string& tensor) const override;

 private:
  // With the backbone at the top of the file, others (DINO's student, CLIP's text tower) lie below it.
  bool belongs_to_another(const std::string& name) const;

  const ForeignNames& names_;
  const FoundKeyMap& found_;
  PositionPlan positions_;
  std::map<std::string, std::string> by_original_;  // a tensor's name in the file to that of the key maps
};

}  // namespace ax
