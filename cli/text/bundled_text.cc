#include "cli/text/bundled_text.h"

#include <fmt/format.h>

namespace ax::cli {

std::string bundled_text(const BundledChoice& choice, std::string_view size_option) {
  const std::string size = choice.resized ? fmt::format(", {} another size", size_option) : "";
  return fmt::format("backbone: {} (--weights takes another{})\n", choice.text, size);
}

}  // namespace ax::cli
