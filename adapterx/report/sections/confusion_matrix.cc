#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "adapterx/base/text_format.h"
#include "adapterx/report/html_text.h"
#include "adapterx/report/sections/confusion.h"

namespace ax {
namespace {

double share_of(const Confusion& confusion, size_t truth, size_t predicted) {
  int64_t images = 0;
  for (size_t i = 0; i < confusion.classes.size(); ++i) images += confusion.at(truth, i);
  return images == 0 ? 0 : static_cast<double>(confusion.at(truth, predicted)) / static_cast<double>(images);
}

std::string tooltip(const Confusion& confusion, size_t truth, size_t predicted) {
  return fmt::format("{} taken for {}: {} ({})", class_name(confusion, static_cast<int64_t>(truth)),
                     class_name(confusion, static_cast<int64_t>(predicted)),
                     count_text(confusion.at(truth, predicted)),
                     unbroken(percent_text(share_of(confusion, truth, predicted), 1)));
}

// Small shares stay visible: mistakes are what is looked for.
double strength(double share) { return std::sqrt(share); }

std::string cell(const Confusion& confusion, size_t truth, size_t predicted) {
  const double share = share_of(confusion, truth, predicted);
  if (share == 0) return "<td></td>";
  const double percent = std::round(100 * share);
  return fmt::format("<td{} style=\"--v:{:.3f}\" title=\"{}\">{}</td>",
                     strength(share) > 0.6 ? " class=\"full\"" : "", strength(share),
                     tooltip(confusion, truth, predicted), percent < 1 ? "·" : fmt::format("{}", percent));
}

// Numbers of classes beside the picture: every 10th or so of `classes`.
std::string ticks(size_t classes) {
  size_t step = 1;
  for (const size_t factor : {2, 5, 10, 20, 50, 100, 200, 500, 1000}) {
    if (classes / step > 10) step = factor;
  }
  std::string out;
  for (size_t i = 0; i < classes; i += step) {
    const double at = 100 * (static_cast<double>(i) + 0.5) / static_cast<double>(classes);
    out += fmt::format("<span style=\"--at:{:.2f}%\">{}</span>", at, i);
  }
  return out;
}

}  // namespace

std::string confusion_table(const Confusion& confusion) {
  const size_t classes = confusion.classes.size();
  std::string out = fmt::format(
      "<div class=\"wide\"><table class=\"heat confusion\" style=\"--n:{}\"><thead><tr><td></td>", classes);
  for (size_t i = 0; i < classes; ++i) {
    out +=
        fmt::format("<th scope=\"col\"><span>{}</span></th>", class_name(confusion, static_cast<int64_t>(i)));
  }
  out += "</tr></thead>\n<tbody>\n";
  for (size_t truth = 0; truth < classes; ++truth) {
    out += fmt::format("<tr><th scope=\"row\"><span>{}</span></th>",
                       class_name(confusion, static_cast<int64_t>(truth)));
    for (size_t predicted = 0; predicted < classes; ++predicted) out += cell(confusion, truth, predicted);
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>";
}

std::string confusion_picture(const Confusion& confusion) {
  const size_t classes = confusion.classes.size();
  std::string out = fmt::format(
      "<div class=\"plot\"><div class=\"rows\">{0}</div><svg class=\"cells\" viewBox=\"0 0 {1} {1}\" "
      "role=\"img\" "
      "aria-label=\"Confusion matrix of {1} classes\">",
      ticks(classes), classes);
  for (size_t truth = 0; truth < classes; ++truth) {
    for (size_t predicted = 0; predicted < classes; ++predicted) {
      if (confusion.at(truth, predicted) == 0) continue;
      out += fmt::format(
          "<rect x=\"{}\" y=\"{}\" width=\"1\" height=\"1\" "
          "fill-opacity=\"{:.2f}\"><title>{}</title></rect>\n",
          predicted, truth, std::max(0.2, strength(share_of(confusion, truth, predicted))),
          tooltip(confusion, truth, predicted));
    }
  }
  return out + fmt::format("</svg><div class=\"columns\">{}</div></div>", ticks(classes));
}

}  // namespace ax
