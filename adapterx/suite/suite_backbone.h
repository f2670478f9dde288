// The backbone of a suite whose file names none.
#pragma once

#include <optional>

#include "adapterx/suite/suite_config.h"
#include "adapterx/train/bundled_backbone.h"

namespace ax {

// Where the suite has no weights, the backbone that comes with the program, for the kind of data that the
// first task has that is surely of point clouds, else for images. It becomes suite.weights, and its image
// size, where [common] says none, the first setting of [common], so that tasks and methods can have others.
// Absent where the suite has weights. Throws Error as choose_bundled does, and where [common] names a model,
// whose weights can't be guessed.
std::optional<BundledChoice> choose_bundled(SuiteConfig& suite,
                                            const std::filesystem::path& program = running_program());

}  // namespace ax
