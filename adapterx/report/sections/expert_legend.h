// Colours and numbers of the experts, above what is drawn in them.
#pragma once

#include <fmt/format.h>

#include <string>

#include "adapterx/report/expert_color.h"

namespace ax {

inline std::string expert_legend(int64_t experts) {
  std::string out = "<p class=\"legend\">Expert";
  for (int64_t expert = 0; expert < experts; ++expert) {
    out += fmt::format(" <span><i style=\"background:{}\"></i>{}</span>", expert_color(expert), expert + 1);
  }
  return out + "</p>\n";
}

}  // namespace ax
