// The backbones that come with the program: where their files are found, and which one is meant where the
// user names none.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/data/dataset.h"
#include "adapterx/models/model_config.h"

namespace ax {

// The folders in which bundled weights are looked for, in this order: beside the program, in the share folder
// of an installation, and in the source tree whose build/PRESET/bin the program is in. `program`: its file.
//   DIR/weights, DIR/../share/adapterx/weights, DIR/../../../weights
std::vector<std::filesystem::path> weights_folders(const std::filesystem::path& program);

// The file of the program that runs, links resolved.
std::filesystem::path running_program();

// The first of these folders that has the file, which is a plain name ("point_small.safetensors"); absent
// where none does.
std::optional<std::filesystem::path> find_bundled(std::string_view file,
                                                  const std::filesystem::path& program = running_program());
// For errors: "looked for x.safetensors in A, B and C".
std::string bundled_places(std::string_view file, const std::filesystem::path& program = running_program());

// What was chosen. `text`, for people: "dinov2_small, bundled, at 112 px:
// /usr/share/.../dinov2_small.safetensors".
struct BundledChoice {
  std::string text;
  bool resized = false;  // images get a size that isn't the file's own
  bool operator==(const BundledChoice&) const = default;
};

// Where `model` names no backbone by weights, preset or sizes: the bundled one of the family that takes the
// data becomes its weights, and its image_size, where that is 0, the one meant for it. Absent where the model
// names one. Throws Error with the places looked at where the file is in none of them.
std::optional<BundledChoice> choose_bundled(ModelConfig& model, const DatasetSpec& data,
                                            const std::filesystem::path& program = running_program());

}  // namespace ax
