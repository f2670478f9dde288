#include "adapterx/report/line_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "adapterx/base/text_format.h"
#include "adapterx/report/html_text.h"

namespace ax {
namespace {

constexpr double kWidth = 400, kHeight = 232;
constexpr double kTop = 12, kBottom = kHeight - 40;
constexpr double kLetter = 7;        // width of a label's letter
constexpr double kLabelHeight = 15;  // between direct labels
constexpr size_t kMostDots = 60;

class Drawing {
 public:
  explicit Drawing(const LineChart& chart) : chart_(chart) {
    std::vector<double> values;
    for (const LineSeries& series : chart.series) std::ranges::copy(series.y, std::back_inserter(values));
    if (chart.from_zero) values.push_back(0);
    y_ = value_axis(values, 5);
    first_color_ = chart.series.size() == 1 ? 1 : 0;
    size_t ticks = 0, names = 0;
    for (const double tick : y_.ticks)
      ticks = std::max(ticks, letters(tick_label(tick, y_.step, chart.unit)));
    if (chart.series.size() > 1) {
      for (const LineSeries& series : chart.series) names = std::max(names, series.name.size());
    }
    left_ = 10 + kLetter * static_cast<double>(ticks);
    right_ = kWidth - (names > 0 ? 12 + kLetter * static_cast<double>(names) : 16);
    x_ = epoch_axis(chart.x.front(), chart.x.back(), 6);
  }

  std::string svg() {
    out_ = fmt::format("<svg class=\"chart\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">", kWidth,
                       kHeight, escape(chart_.title));
    add_axes();
    for (size_t i = 0; i < chart_.series.size(); ++i) add_line(i);
    add_ring();
    if (chart_.series.size() > 1) add_names();
    add_hover();
    return std::move(out_) + "</svg>\n";
  }

 private:
  // The no-break space counts as one letter.
  static size_t letters(const std::string& label) { return label.size() - (label.ends_with('%') ? 1 : 0); }
  double px(double x) const { return position(x_, x, left_, right_); }
  double py(double y) const { return position(y_, y, kBottom, kTop); }

  void add_axes() {
    for (const double tick : y_.ticks) {
      out_ += fmt::format("<path class=\"{}\" d=\"M{:.1f} {:.1f}H{:.1f}\"/>",
                          tick == y_.low ? "axis" : "grid", left_, py(tick), right_);
      out_ += fmt::format("<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>",
                          left_ - 6, py(tick) + 4, tick_label(tick, y_.step, chart_.unit));
    }
    for (const double tick : x_.ticks) {
      out_ += fmt::format("<path class=\"axis\" d=\"M{:.1f} {}v4\"/>", px(tick), kBottom);
      out_ += fmt::format("<text class=\"tick\" x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                          px(tick), kBottom + 18, tick_label(tick, x_.step, AxisUnit::kNumber));
    }
    out_ += fmt::format("<text class=\"tick\" x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">epoch</text>",
                        (left_ + right_) / 2, kHeight - 6);
  }

  void add_line(size_t index) {
    const std::vector<double>& y = chart_.series[index].y;
    std::string path, dots;
    size_t count = 0;
    for (size_t i = 0; i < y.size(); ++i) {
      if (!std::isfinite(y[i])) continue;
      path += fmt::format("{}{:.1f} {:.1f}", count++ == 0 ? "M" : "L", px(chart_.x[i]), py(y[i]));
      dots += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\"/>", px(chart_.x[i]), py(y[i]),
                          chart_.x.size() == 1 ? 4.5 : 2.5);
    }
    if (count > kMostDots) dots.clear();
    out_ += fmt::format("<g class=\"line s{}\"><path d=\"{}\"/>{}</g>", index + first_color_, path, dots);
  }

  void add_ring() {
    const auto at = std::ranges::find(chart_.x, chart_.ring_x);
    if (at == chart_.x.end() || chart_.series.empty()) return;
    const double y = chart_.series.back().y[static_cast<size_t>(at - chart_.x.begin())];
    if (!std::isfinite(y)) return;
    out_ += fmt::format("<circle class=\"ring s{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"7\"/>",
                        chart_.series.size() - 1 + first_color_, px(*at), py(y));
  }

  // Names beside the last points, moved apart where lines end close together.
  void add_names() {
    struct Name {
      size_t series;
      double y;
    };
    std::vector<Name> names;
    for (size_t i = 0; i < chart_.series.size(); ++i) {
      const std::vector<double>& y = chart_.series[i].y;
      const auto last = std::find_if(y.rbegin(), y.rend(), [](double v) { return std::isfinite(v); });
      if (last != y.rend()) names.push_back({i, py(*last)});
    }
    std::ranges::sort(names, {}, &Name::y);
    for (size_t i = 1; i < names.size(); ++i) {
      const double missing = kLabelHeight - (names[i].y - names[i - 1].y);
      if (missing <= 0) continue;
      for (size_t k = 0; k < i; ++k) names[k].y -= missing / 2;
      names[i].y += missing / 2;
    }
    const double below = names.empty() ? 0 : std::max(0., names.back().y - (kBottom - 2));
    for (const Name& name : names) {
      out_ += fmt::format("<text class=\"name s{}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>", name.series,
                          right_ + 8, name.y - below + 4, escape(chart_.series[name.series].name));
    }
  }

  // An invisible band for each epoch, with its values as the tooltip.
  void add_hover() {
    for (size_t i = 0; i < chart_.x.size(); ++i) {
      const double left = i == 0 ? left_ : (px(chart_.x[i - 1]) + px(chart_.x[i])) / 2;
      const double right = i + 1 == chart_.x.size() ? right_ : (px(chart_.x[i]) + px(chart_.x[i + 1])) / 2;
      std::string text = fmt::format("epoch {}", chart_.x[i]);
      for (const LineSeries& series : chart_.series) {
        const double y = series.y[i];
        if (!std::isfinite(y)) continue;
        const std::string value =
            chart_.unit == AxisUnit::kPercent ? unbroken(percent_text(y, 2)) : fmt::format("{:.4g}", y);
        text += fmt::format("\n{}: {}", series.name, value);
      }
      out_ += fmt::format(
          "<rect class=\"hover\" x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\"><title>{}"
          "</title></rect>",
          left, kTop, right - left, kBottom - kTop, escape(text));
    }
  }

  const LineChart& chart_;
  Axis x_, y_;
  double left_ = 0, right_ = kWidth;
  size_t first_color_ = 0;  // a line on its own has the second
  std::string out_;
};

}  // namespace

std::string line_chart(const LineChart& chart) { return chart.x.empty() ? "" : Drawing(chart).svg(); }

}  // namespace ax
