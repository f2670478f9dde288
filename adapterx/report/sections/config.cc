#include <fmt/format.h>

#include "adapterx/report/html_text.h"
#include "adapterx/report/sections/sections.h"

namespace ax {

std::string config_section(const RunRecord& run) {
  if (run.config.empty()) return "";
  return fmt::format(
      "<p>Every setting as resolved from defaults, file and command line.</p>\n"
      "<pre class=\"card\" tabindex=\"0\">{}</pre>\n",
      escape(run.config));
}

}  // namespace ax
