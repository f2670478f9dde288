#include "adapterx/report/area_chart.h"

#include <fmt/format.h>

#include <algorithm>

#include "adapterx/base/text_format.h"
#include "adapterx/report/chart_scale.h"
#include "adapterx/report/html_text.h"

namespace ax {
namespace {

constexpr double kThick = 0.065;  // share that leaves room for a name

struct Frame {
  double width, height, left, right, top, bottom;
};
constexpr Frame kLarge = {560, 340, 66, 530, 10, 290};
constexpr Frame kSmall = {200, 100, 0, 200, 0, 100};

class Drawing {
 public:
  explicit Drawing(const AreaChart& chart)
      : chart_(chart),
        frame_(chart.small ? kSmall : kLarge),
        x_(epoch_axis(chart.x.front(), chart.x.back(), 8)),
        y_{0, 1, 0.25, {0, 0.25, 0.5, 0.75, 1}} {}

  std::string svg() {
    out_ = fmt::format("<svg class=\"{}\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\"{}>",
                       chart_.small ? "areas small" : "areas", frame_.width, frame_.height,
                       escape(chart_.title), chart_.small ? " preserveAspectRatio=\"none\"" : "");
    for (size_t part = 0; part < chart_.colors.size(); ++part) add_area(part);
    if (!chart_.small) {
      add_axes();
      add_names();
    }
    return std::move(out_) + "</svg>\n";
  }

 private:
  double px(double x) const { return position(x_, x, frame_.left, frame_.right); }
  double py(double y) const { return position(y_, y, frame_.bottom, frame_.top); }
  double below(size_t epoch, size_t part) const {
    double sum = 0;
    for (size_t i = 0; i < part; ++i) sum += chart_.share[epoch][i];
    return std::min(sum, 1.);
  }

  void add_area(size_t part) {
    std::string path;
    const size_t count = chart_.x.size();
    for (size_t i = 0; i < count; ++i) {
      path += fmt::format("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", px(chart_.x[i]), py(below(i, part + 1)));
    }
    for (size_t i = count; i-- > 0;)
      path += fmt::format("L{:.1f} {:.1f}", px(chart_.x[i]), py(below(i, part)));
    out_ += fmt::format("<path fill=\"{}\" d=\"{}Z\"><title>{}: {} at the end</title></path>",
                        chart_.colors[part], path, escape(chart_.names[part]),
                        unbroken(percent_text(chart_.share.back()[part], 1)));
  }

  void add_axes() {
    for (const double tick : y_.ticks) {
      out_ += fmt::format("<text class=\"tick\" x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>",
                          frame_.left - 6, py(tick) + 4, tick_label(tick, y_.step, AxisUnit::kPercent));
    }
    for (const double tick : x_.ticks) {
      out_ += fmt::format("<path class=\"axis\" d=\"M{:.1f} {}v4\"/>", px(tick), frame_.bottom);
      out_ += fmt::format("<text class=\"tick\" x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                          px(tick), frame_.bottom + 22, tick_label(tick, x_.step, AxisUnit::kNumber));
    }
    out_ += fmt::format("<text class=\"tick\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">epoch</text>",
                        (frame_.left + frame_.right) / 2, frame_.height - 4);
  }

  void add_names() {
    const size_t last = chart_.x.size() - 1;
    for (size_t part = 0; part < chart_.names.size(); ++part) {
      const double share = chart_.share[last][part];
      if (share < kThick) continue;
      out_ += fmt::format("<text class=\"tick\" x=\"{}\" y=\"{:.1f}\">{}</text>", frame_.right + 6,
                          py(below(last, part) + share / 2) + 4, escape(chart_.names[part]));
    }
  }

  const AreaChart& chart_;
  Frame frame_;
  Axis x_, y_;
  std::string out_;
};

}  // namespace

std::string area_chart(const AreaChart& chart) { return Drawing(chart).svg(); }

}  // namespace ax
