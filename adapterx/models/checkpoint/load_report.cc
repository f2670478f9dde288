#include "adapterx/models/checkpoint/load_report.h"

#include <fmt/format.h>

#include <algorithm>

namespace ax {
namespace {

constexpr ptrdiff_t kFew = 2;  // have a line each

void append(std::string& text, std::string_view title, const std::vector<LoadReport::Item>& items) {
  for (auto item = items.begin(); item != items.end();) {
    const auto same = std::find_if(item, items.end(), [&](const auto& i) { return i.note != item->note; });
    if (same - item > kFew) {
      text += fmt::format("  {:<12} {} to {}, {} tensors: {}\n", title, item->name, (same - 1)->name,
                          same - item, item->note);
      item = same;
    } else {
      text += fmt::format("  {:<12} {}: {}\n", title, item->name, item->note);
      ++item;
    }
  }
}

}  // namespace

std::string LoadReport::text() const {
  std::string text = fmt::format("{}: {} ({}{}{}), {} of {} tensors, {:.1f} M numbers\n", file, family,
                                 format, root.empty() ? "" : ", under ", root, loaded, parameters,
                                 static_cast<double>(numbers) / 1e6);
  append(text, "resampled", reshaped);
  append(text, "initialised", initialised);
  append(text, "ignored", ignored);
  append(text, "unexpected", unexpected);
  if (!assumed.empty()) text += fmt::format("  {:<12} {}\n", "assumed", fmt::join(assumed, ", "));
  return text;
}

}  // namespace ax
