// The files of a folder and all its subfolders.
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

namespace ax {

// All files below the folder that `wanted` takes, sorted by path. Links are followed, but not into a folder
// that the link lies in: that would have no end. Folders that may not be read are left out. Throws
// filesystem_error where `folder` itself can't be read.
std::vector<std::filesystem::path> files_below(
    const std::filesystem::path& folder, const std::function<bool(const std::filesystem::path&)>& wanted);

}  // namespace ax
