#include <fmt/format.h>

#include <cmath>

#include "adapterx/report/html_text.h"
#include "adapterx/report/sections/sections.h"

namespace ax {

std::string mistakes_section(const RunRecord& run) {
  const Findings& findings = run.findings;
  if (findings.mistakes.empty()) return "";
  std::string out = "<p>Wrong predictions of the highest confidence.</p>\n<div class=\"mistakes\">\n";
  for (const ShownImage& shown : findings.mistakes) {
    const std::string confidence = std::isfinite(shown.confidence)
                                       ? fmt::format(" <span>{}</span>", percent_text(shown.confidence, 1))
                                       : "";
    out += fmt::format(
        "<figure><img{} src=\"{}\" alt=\"\" title=\"{}\" loading=\"lazy\"><figcaption><span "
        "class=\"truth\">{}</span>"
        "<span class=\"wrong\">→ {}{}</span></figcaption></figure>\n",
        is_tiny(shown.image) ? " class=\"tiny\"" : "", data_uri(shown.name, shown.image), escape(shown.name),
        class_name(findings.confusion, shown.truth), class_name(findings.confusion, shown.predicted),
        confidence);
  }
  return out + "</div>\n";
}

}  // namespace ax
