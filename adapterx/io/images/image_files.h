// The image files of a folder.
#pragma once

#include <filesystem>
#include <vector>

namespace ax {

// files_below, of all files whose extension is an image's (io/images/image.h).
std::vector<std::filesystem::path> image_files_below(const std::filesystem::path& folder);

}  // namespace ax
