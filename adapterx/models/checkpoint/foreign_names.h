// The tensors of a checkpoint under the names that key maps use, and the key map that fits them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/io/tensors/tensor_file.h"
#include "adapterx/models/checkpoint/key_maps.h"

namespace ax {

// Where in a file the backbone lies, and in whose names.
struct FoundKeyMap {
  const KeyMap* map = nullptr;
  std::string root;                 // what precedes the family's names: "state_dict.module."
  std::vector<std::string> others;  // roots of further backbones in the file (DINO's student)
};

class ForeignNames {
 public:
  explicit ForeignNames(const TensorFile& file);

  const TensorFile& file() const { return file_; }
  // The family that the file's names are of; Error that lists what is there where it is none.
  FoundKeyMap find_key_map() const;
  // Whether there is such a family.
  bool holds_key_map() const { return search_key_maps().map != nullptr; }

  // A key map's name at a root: "^classifier.weight" leads one part out of it.
  static std::string at_root(std::string_view root, std::string_view name);
  // Null where there is none.
  const TensorInfo* find(const std::string& name) const;
  bool contains(const std::string& name) const { return find(name) != nullptr; }
  std::vector<std::string> names() const;
  // The name in the file itself.
  const std::string& original(const std::string& name) const { return originals_.at(name); }

 private:
  FoundKeyMap search_key_maps() const;

  const TensorFile& file_;
  std::map<std::string, std::string> originals_;
};

}  // namespace ax
