// Names that differ in a number, collapsed: twelve blocks' norms as `blocks.{0..11}.norm1.weight`.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace ax::cli {

struct NamedItem {
  std::string name;
  std::string kind;  // items of different kinds stay apart: tensors of different shapes
};

struct NameGroup {
  std::string name;             // "layers.{0..2,5}.mlp.{0,3}.bias": one member for each choice of the numbers
  std::vector<size_t> members;  // indices of the items
};

// Groups in natural order of their first names. Numbers are whole parts of a name ("blocks.3", "layer_3/",
// not "fc1"); the first four parts count. Long lists of numbers are shortened with "...".
std::vector<NameGroup> group_names(const std::vector<NamedItem>& items);

}  // namespace ax::cli
