#include "adapterx/io/files_below.h"

#include <algorithm>

namespace ax {
namespace {

namespace fs = std::filesystem;
using Wanted = std::function<bool(const fs::path&)>;

// `above`: the real paths of the folder and those it was reached through.
void append_below(const fs::path& folder, const Wanted& wanted, std::vector<fs::path>& above,
                  std::vector<fs::path>& files) {
  for (const auto& entry : fs::directory_iterator(folder, fs::directory_options::skip_permission_denied)) {
    std::error_code error;
    if (entry.is_directory(error)) {
      fs::path real = fs::canonical(entry.path(), error);
      if (error || std::ranges::find(above, real) != above.end()) continue;
      above.push_back(std::move(real));
      append_below(entry.path(), wanted, above, files);
      above.pop_back();
    } else if (wanted(entry.path()) && entry.is_regular_file(error)) {
      files.push_back(entry.path());
    }
  }
}

}  // namespace

std::vector<fs::path> files_below(const fs::path& folder, const Wanted& wanted) {
  std::vector<fs::path> above = {fs::canonical(folder)}, files;
  append_below(folder, wanted, above, files);
  std::ranges::sort(files);
  return files;
}

}  // namespace ax
