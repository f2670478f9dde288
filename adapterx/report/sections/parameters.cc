#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "adapterx/base/text_format.h"
#include "adapterx/report/html_text.h"
#include "adapterx/report/sections/sections.h"

namespace ax {
namespace {

class Rows {
 public:
  explicit Rows(const ParameterTable& table) : backbone_(static_cast<double>(table.backbone)) {
    for (const ParameterPart& part : table.parts) greatest_ = std::max(greatest_, part.count);
    const double percent = 100 * static_cast<double>(table.total()) / std::max(backbone_, 1.);
    if (percent > 0) decimals_ = std::clamp(3 - static_cast<int>(std::floor(std::log10(percent))), 2, 8);
  }

  void add(const ParameterPart& part) {
    const double width =
        100 * static_cast<double>(part.count) / static_cast<double>(std::max<int64_t>(greatest_, 1));
    html_ += fmt::format(
        "<tr><th scope=\"row\">{}</th><td>{}</td>{}<td class=\"bar\"><span "
        "style=\"width:{:.1f}%\"></span></td></tr>\n",
        escape(part.part), count_text(part.count), share(part.count), width);
  }

  void add_sum(std::string_view name, int64_t count) {
    html_ +=
        fmt::format("<tr class=\"sum\"><th scope=\"row\">{}</th><td>{}</td>{}<td class=\"bar\"></td></tr>\n",
                    name, count_text(count), share(count));
  }

  const std::string& html() const { return html_; }

 private:
  std::string share(int64_t count) const {
    if (backbone_ <= 0) return "";
    return fmt::format("<td>{}</td>",
                       unbroken(percent_text(static_cast<double>(count) / backbone_, decimals_)));
  }

  double backbone_;
  int decimals_ = 2;  // four digits of the total
  int64_t greatest_ = 0;
  std::string html_;
};

}  // namespace

std::string parameters_section(const RunRecord& run) {
  const ParameterTable& table = run.facts.parameters;
  if (table.parts.empty()) return "";
  Rows rows(table);
  for (const ParameterPart& part : table.parts) rows.add(part);
  if (table.head() > 0 && table.head() < table.total()) {
    rows.add_sum("without the head", table.total() - table.head());
  }
  rows.add_sum("total", table.total());
  std::string intro;
  if (table.backbone > 0) {
    intro = fmt::format(
        "<p>The backbone has {} parameters, its head not counted; they stay as they were unless listed "
        "here.</p>\n",
        count_text(table.backbone));
  }
  return fmt::format(
      "{}<div class=\"card\"><table class=\"numbers\"><thead><tr><th scope=\"col\">part</th><th "
      "scope=\"col\">"
      "parameters</th>{}<th scope=\"col\" "
      "class=\"bar\"></th></tr></thead>\n<tbody>\n{}</tbody></table></div>\n",
      intro, table.backbone > 0 ? "<th scope=\"col\">of the backbone</th>" : "", rows.html());
}

}  // namespace ax
