// Lists of labelled images, a line each: "images/train800/000123.jpg 7" (VTAB-1K's train800.txt).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/io/file_bytes.h"

namespace ax {

constexpr int32_t kMaxClasses = 1 << 20;  // labels are less

struct ListedImage {
  std::string path;  // as it stands there
  int32_t label = 0;
  int64_t line = 0;  // counted from 1
};

// The label is what follows the last space or tab; paths may have spaces. Empty lines are passed over. Throws
// Error with file and line where a line has no path, or no label in [0, 2^20).
std::vector<ListedImage> read_image_list(const FileBytes& file);

// A name a line (classes.txt), spaces around it dropped, empty lines too. Throws Error on a name given twice
// and on bytes 0.
std::vector<std::string> read_name_list(const FileBytes& file);

// The label that a text is: decimal digits only, in [0, 2^20); -1 for any other text.
int32_t parse_label(std::string_view text);

}  // namespace ax
