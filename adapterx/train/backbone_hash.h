// Which backbone an adapter belongs to: a name for people, and a hash of the weights.
#pragma once

#include <filesystem>
#include <string>

#include "adapterx/graph/frozen_weights.h"
#include "adapterx/models/backbone.h"

namespace ax {

struct BackboneId {
  std::string name;  // the preset, else the file's name
  std::string hash;  // 32 hexadecimal digits
  bool operator==(const BackboneId&) const = default;
};

// XXH3, 128 bits, over the parameters of a backbone, which has no head, in byte order of their names: each
// name with its closing zero, then the values, f32 and row-major. The same for every file format that holds
// these values.
std::string backbone_hash(const WeightSource& source, const ParameterShapes& backbone);

// Of an open checkpoint as its file has it: positions that were resampled to another image size count as they
// were. `model`: the preset that the user named, or "".
BackboneId backbone_id(const std::filesystem::path& weights, const std::string& model,
                       const BackboneCheckpoint& checkpoint);

}  // namespace ax
