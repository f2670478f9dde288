// A folder of runs is of one backbone: backbone.json has its hash.
#pragma once

#include <filesystem>
#include <string>

namespace ax {

// Writes the file where there is none yet. Throws Error where it names another hash, or is damaged: runs on
// another backbone under the same name would look like this one's.
void expect_same_backbone(const std::filesystem::path& folder, const std::string& hash);

}  // namespace ax
