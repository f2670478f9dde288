// LoadReport: what became of every tensor of a checkpoint, and where every parameter of the model came from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ax {

struct LoadReport {
  struct Item {
    std::string name;  // a parameter of ours or, of what is ignored and unexpected, a tensor of the file
    std::string note;
  };

  std::string file, format, family;
  std::string root;  // where in the file the backbone lies: "state_dict.module."; "" at the top
  int64_t loaded = 0, parameters = 0;  // of the model's tensors
  int64_t numbers = 0;                 // in the tensors loaded
  std::vector<Item> reshaped;          // position embeddings resampled to another image size
  std::vector<Item> initialised;       // not from the file: heads for other classes, absent biases
  std::vector<Item> ignored;           // of the file, known to be of no use here, by groups
  std::vector<Item> unexpected;        // of the file, unexplained: only where the request isn't strict
  std::vector<std::string> assumed;    // what the file doesn't say: heads, activation, norm_eps

  // Several lines for people, neighbours with the same note on one; without details where nothing but the
  // plain loading happened.
  std::string text() const;
};

}  // namespace ax
