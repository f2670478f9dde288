// The image files of a folder.
#pragma once

#include <filesystem>
#include <vector>

namespace ax {

// All files below the folder whose extension is an image's (io/image.h), sorted by path. Links are followed,
// but not into a folder that the link lies in: that would have no end. Folders that may not be read are left
// out. Throws filesystem_error where `folder` itself can't be read.
std::vector<std::filesystem::path> image_files_below(const std::filesystem::path& folder);

}  // namespace ax
