#include "adapterx/io/images/image_files.h"

#include "adapterx/io/files_below.h"
#include "adapterx/io/images/image.h"

namespace ax {

std::vector<std::filesystem::path> image_files_below(const std::filesystem::path& folder) {
  return files_below(folder, is_image_name);
}

}  // namespace ax
