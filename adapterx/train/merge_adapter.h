// An adapter folded into its backbone: a plain checkpoint that computes the same, of which no method is
// asked.
#pragma once

#include <filesystem>
#include <string>

#include "adapterx/train/adapted_model.h"

namespace ax {

// The values of the plain model, head included: those the adapter trained in place of the backbone's, changed
// as the method merges them. Throws Error on a method that can't, naming those that can.
WeightSource merged_source(const AdaptedModel& model);

// Writes them to `out` as save_backbone does, f32, with the names of the classes. `weights` as of
// open_adapted_model. Throws Error on everything that does, where `out` is a file that is read, and on files
// that can't be written.
void merge_adapter(const std::filesystem::path& adapter, const std::string& weights,
                   const std::filesystem::path& out);

}  // namespace ax
