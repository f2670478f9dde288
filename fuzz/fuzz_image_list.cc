#include <stdexcept>

#include "adapterx/base/error.h"
#include "adapterx/io/lists/image_list.h"
#include "fuzz/targets.h"

namespace ax {
namespace {

void read_names_and_use(const FileBytes& file) {
  try {
    for (const std::string& name : read_name_list(file)) {
      if (name.empty()) throw std::logic_error("an empty name");
      fuzz::use(std::as_bytes(std::span(name)));
    }
  } catch (const Error&) {  // a list of images may have the same line twice
  }
}

}  // namespace

bool fuzz::image_list(Bytes bytes) {
  const FileBytes file = FileBytes::borrow("fuzz", bytes);
  read_names_and_use(file);
  try {
    int64_t line = 0;
    for (const ListedImage& image : read_image_list(file)) {
      if (image.path.empty() || image.label < 0 || image.label >= kMaxClasses || image.line <= line) {
        throw std::logic_error("an image without path, label or line");
      }
      line = image.line;
      use(std::as_bytes(std::span(image.path)));
    }
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace ax
