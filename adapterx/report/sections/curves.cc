#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "adapterx/report/html_text.h"
#include "adapterx/report/line_chart.h"
#include "adapterx/report/sections/sections.h"

namespace ax {
namespace {

struct Curve {
  const char* name;
  double EpochRecord::*value;
};

struct Card {
  const char *title, *note;
  std::vector<Curve> curves;
  AxisUnit unit = AxisUnit::kNumber;
  bool from_zero = false;
  int64_t ring = 0;
};

// "" where nothing of it was measured.
std::string card_html(const RunRecord& run, const Card& card) {
  LineChart chart;
  chart.title = fmt::format("{} over epochs", card.title);
  chart.unit = card.unit;
  chart.from_zero = card.from_zero;
  chart.ring_x = static_cast<double>(card.ring);
  for (const EpochRecord& record : run.epochs) chart.x.push_back(static_cast<double>(record.epoch));
  for (const Curve& curve : card.curves) {
    LineSeries series{curve.name, {}};
    for (const EpochRecord& record : run.epochs) series.y.push_back(record.*curve.value);
    const bool measured = std::ranges::any_of(series.y, [](double y) { return std::isfinite(y); });
    if (measured) chart.series.push_back(std::move(series));
  }
  if (chart.series.empty()) return "";
  const std::string note = chart.series.size() < card.curves.size() ? chart.series[0].name : card.note;
  return fmt::format("<figure class=\"card\"><figcaption>{} <small>{}</small></figcaption>{}</figure>\n",
                     card.title, note, line_chart(chart));
}

// Whether the epoch whose model was kept can be shown.
bool best_is_measured(const RunRecord& run) {
  return std::ranges::any_of(run.epochs, [&](const EpochRecord& record) {
    return record.epoch == run.facts.best_epoch && std::isfinite(record.val_accuracy);
  });
}

}  // namespace

std::string curves_section(const RunRecord& run) {
  const bool ringed = best_is_measured(run);
  const std::string speed = fmt::format("training {} per second", samples_text(run.facts));
  const std::vector<Card> cards = {
      {"Accuracy",
       "",
       {{"train", &EpochRecord::train_accuracy}, {"val", &EpochRecord::val_accuracy}},
       AxisUnit::kPercent,
       false,
       ringed ? run.facts.best_epoch : 0},
      {"Loss", "", {{"train", &EpochRecord::train_loss}, {"val", &EpochRecord::val_loss}}},
      {"Learning rate", "", {{"", &EpochRecord::lr}}},
      {"Gradient norm", "before clipping", {{"", &EpochRecord::gradient_norm}}, AxisUnit::kNumber, true},
      {"Penalty", "of the method, added to the loss", {{"", &EpochRecord::penalty}}},
      {"Speed", speed.c_str(), {{"", &EpochRecord::images_per_s}}, AxisUnit::kNumber, true}};
  std::string html;
  for (const Card& card : cards) html += card_html(run, card);
  if (html.empty()) return "";
  const std::string intro =
      ringed ? fmt::format("<p>The ring marks epoch {}, whose model was kept.</p>\n", run.facts.best_epoch)
             : "";
  return fmt::format("{}<div class=\"charts\">\n{}</div>\n", intro, html);
}

}  // namespace ax
