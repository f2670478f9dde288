#include "adapterx/data/labelled_files.h"

#include "adapterx/base/error.h"
#include "adapterx/io/file_bytes.h"
#include "adapterx/io/lists/image_list.h"

namespace ax {

namespace fs = std::filesystem;

std::vector<std::string> numbered_classes(const fs::path& folder, int32_t labels, const std::string& where) {
  for (const char* name : {"classes.txt", "class_names.txt"}) {
    const fs::path file = folder / name;
    std::error_code ignored;
    if (!fs::is_regular_file(file, ignored)) continue;
    std::vector<std::string> names = read_name_list(FileBytes::map(file));
    if (names.size() < static_cast<size_t>(labels)) {
      fail("{}: expected a name for each class, got {} for the label {} of {}", file.string(), names.size(),
           labels - 1, where);
    }
    return names;
  }
  std::vector<std::string> names;
  for (int32_t i = 0; i < labels; ++i) names.push_back(std::to_string(i));
  return names;
}

std::string listed_file(const fs::path& folder, const std::string& path, const std::string& list,
                        int64_t line) {
  fs::path file = folder / path;
  std::error_code error;
  if (fs::is_regular_file(file, error)) return file.string();
  const bool is_there = !error && fs::exists(file, error);
  fail("{}:{}: {}: {}", list, line, file.string(),
       is_there ? "expected a file, got something else"
                : "no such file; paths are relative to the list's folder");
}

}  // namespace ax
