#include "cli/text/parts_table.h"

#include <fmt/format.h>

#include "adapterx/base/text_format.h"
#include "cli/text/table.h"

namespace ax::cli {

double percent_of_backbone(int64_t numbers, const TrainedParts& parts) {
  return 100 * static_cast<double>(numbers) / static_cast<double>(parts.backbone);
}

std::string parts_table(const TrainedParts& parts, size_t width) {
  Table table({{"part"}, {"parameters", true}, {"% of backbone", true}});
  const auto add = [&](const std::string& name, int64_t numbers) {
    table.add({name, count_text(numbers), fmt::format("{:.4f}", percent_of_backbone(numbers, parts))});
  };
  for (const TrainedPart& p : parts.parts) add(p.name, p.numbers);
  add("total without head", parts.total - parts.head);
  add("total", parts.total);
  return table.text(width);
}

}  // namespace ax::cli
