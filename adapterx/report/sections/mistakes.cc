#include <fmt/format.h>

#include <cmath>

#include "adapterx/base/text_format.h"
#include "adapterx/report/html_text.h"
#include "adapterx/report/sections/cloud_picture.h"
#include "adapterx/report/sections/sections.h"

namespace ax {
namespace {

std::string picture(const ShownSample& shown) {
  if (!shown.points.empty()) {
    return fmt::format("<span class=\"thumb\" title=\"{}\">{}</span>", escape(shown.name),
                       cloud_svg(shown.points, height_colors(shown.points), "cloud", "Point cloud"));
  }
  return fmt::format("<img{} src=\"{}\" alt=\"\" title=\"{}\" loading=\"lazy\">",
                     is_tiny(shown.image) ? " class=\"tiny\"" : "", data_uri(shown.name, shown.image),
                     escape(shown.name));
}

}  // namespace

std::string mistakes_section(const RunRecord& run) {
  const Findings& findings = run.findings;
  if (findings.mistakes.empty()) return "";
  std::string out = "<p>Wrong predictions of the highest confidence.</p>\n<div class=\"mistakes\">\n";
  for (const ShownSample& shown : findings.mistakes) {
    const std::string confidence =
        std::isfinite(shown.confidence)
            ? fmt::format(" <span>{}</span>", unbroken(percent_text(shown.confidence, 1)))
            : "";
    out += fmt::format(
        "<figure>{}<figcaption><span class=\"truth\">{}</span>"
        "<span class=\"wrong\">→ {}{}</span></figcaption></figure>\n",
        picture(shown), class_name(findings.confusion, shown.truth),
        class_name(findings.confusion, shown.predicted), confidence);
  }
  return out + "</div>\n";
}

}  // namespace ax
