#include "adapterx/models/load_report.h"

#include <fmt/format.h>

namespace ax {
namespace {

void append(std::string& text, std::string_view title, const std::vector<LoadReport::Item>& items) {
  for (const LoadReport::Item& item : items)
    text += fmt::format("  {:<12} {}: {}\n", title, item.name, item.note);
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
