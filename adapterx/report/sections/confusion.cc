#include "adapterx/report/sections/confusion.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "adapterx/base/text_format.h"
#include "adapterx/report/html_text.h"
#include "adapterx/report/sections/sections.h"

namespace ax {
namespace {

constexpr size_t kMostTableClasses = 16;                  // whose names still fit as titles of columns
constexpr size_t kMostPairs = 10, kMostPairsOfMany = 20;  // about as high as the matrix

std::string class_row(const Confusion& confusion, const ClassResult& result) {
  std::string accuracy = "–", bar, taken_for;
  if (result.images > 0) {
    accuracy = unbroken(percent_text(result.accuracy(), 1));
    bar = fmt::format("<span style=\"width:{:.1f}%\"></span>", 100 * result.accuracy());
  }
  if (result.wrong_images > 0) {
    taken_for =
        fmt::format("{} <small>{}</small>", class_name(confusion, static_cast<int64_t>(result.wrong_class)),
                    count_text(result.wrong_images));
  }
  return fmt::format(
      "<tr><td class=\"index\">{}</td><th scope=\"row\">{}</th><td>{}</td><td "
      "class=\"bar\">{}</td><td>{}</td>"
      "<td class=\"text\">{}</td></tr>\n",
      result.index, class_name(confusion, static_cast<int64_t>(result.index)), accuracy, bar,
      count_text(result.images), taken_for);
}

std::string class_table(const Confusion& confusion, const std::string& samples) {
  std::string rows;
  for (const ClassResult& result : worst_first(confusion)) rows += class_row(confusion, result);
  return fmt::format(
      "<div class=\"card scroll\" tabindex=\"0\"><h3>Classes, worst first</h3><table class=\"numbers "
      "classes\"><thead>"
      "<tr><th scope=\"col\" class=\"index\">#</th><th scope=\"col\">class</th><th "
      "scope=\"col\">accuracy</th>"
      "<th scope=\"col\" class=\"bar\"></th><th scope=\"col\">{}</th><th scope=\"col\" "
      "class=\"text\">mostly taken "
      "for</th></tr></thead>\n<tbody>\n{}</tbody></table></div>\n",
      samples, rows);
}

std::string pair_table(const Confusion& confusion, size_t most, const std::string& samples) {
  std::string rows;
  for (const ConfusedPair& pair : most_confused(confusion, most)) {
    rows +=
        fmt::format("<tr><th scope=\"row\">{}</th><td class=\"text\">{}</td><td>{}</td><td>{}</td></tr>\n",
                    class_name(confusion, static_cast<int64_t>(pair.truth)),
                    class_name(confusion, static_cast<int64_t>(pair.predicted)), count_text(pair.images),
                    unbroken(percent_text(pair.share, 1)));
  }
  if (rows.empty()) return "";
  return fmt::format(
      "<div class=\"card\"><h3>Most confused</h3><table class=\"numbers\"><thead><tr><th "
      "scope=\"col\">truth</th>"
      "<th scope=\"col\" class=\"text\">taken for</th><th scope=\"col\">{}</th><th scope=\"col\">of its "
      "class</th>"
      "</tr></thead>\n<tbody>\n{}</tbody></table></div>\n",
      samples, rows);
}

}  // namespace

std::string confusion_section(const RunRecord& run) {
  const Confusion& confusion = run.findings.confusion;
  if (confusion.empty()) return "";
  const std::string samples = samples_text(run.facts);
  const bool small = confusion.classes.size() <= kMostTableClasses;
  return fmt::format(
      "<p>Each row holds the {} of one class, each column what they were taken for{}.</p>\n<div "
      "class=\"pair\">\n"
      "<div class=\"card matrix\">{}</div>\n{}</div>\n{}",
      samples,
      small ? ", in percent of the row" : ", both in the order of the classes' numbers; stronger is more",
      small ? confusion_table(confusion) : confusion_picture(confusion),
      pair_table(confusion, small ? kMostPairs : kMostPairsOfMany, samples), class_table(confusion, samples));
}

}  // namespace ax
