// CheckpointNames: what a family of backbones knows of the names in its files. The planner
// (checkpoint_planner.h) asks it, and is the same for every family.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapterx/models/checkpoint/parameter_plan.h"

namespace ax {

class CheckpointNames {
 public:
  virtual ~CheckpointNames() = default;

  virtual std::string_view title() const = 0;         // of the library or model, for people: "timm"
  virtual const std::string& root() const = 0;        // where in the file the backbone lies: "state_dict."
  virtual std::string_view architecture() const = 0;  // "ViT", "point transformer"

  // The file's tensors that hold a parameter of ours, by their names in the file, `shape` being what the file
  // should have; no tensors: the file lacks it.
  virtual ParameterPlan find(const std::string& ours, const Shape& shape) const = 0;
  // Under which name the family has a parameter of ours: for errors.
  virtual std::string expected(const std::string& ours) const = 0;

  // How a parameter starts that files of this family may lack; absent: they may not.
  struct Start {
    Init init;
    std::string note;  // "zero: CLIP has none"
  };
  virtual std::optional<Start> start_of(const std::string& ours) const = 0;

  // What a tensor of the file that no parameter claimed is good for.
  struct Use {
    enum class Kind { known, outside, another_model, unexplained } kind = Kind::unexplained;
    std::string what;  // of known ones: "counters of BatchNorm"
  };
  virtual Use use_of(const std::string& tensor) const = 0;
};

}  // namespace ax
