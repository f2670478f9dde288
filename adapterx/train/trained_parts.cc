#include "adapterx/train/trained_parts.h"

#include <algorithm>
#include <array>

#include "adapterx/base/error.h"
#include "adapterx/base/text_format.h"

namespace ax {
namespace {

// The order in which parts are listed: these first, then those of other methods, then these.
constexpr std::array<std::string_view, 6> kFirst = {"LN2", "PG", "CLS", "SMoA", "adapter", "TFTS"};
constexpr std::array<std::string_view, 3> kLast = {"backbone", "decoder", "head"};

int place_of_part(const std::string& part) {
  const auto first = std::ranges::find(kFirst, part), last = std::ranges::find(kLast, part);
  if (first != kFirst.end()) return static_cast<int>(first - kFirst.begin());
  const int others = static_cast<int>(kFirst.size());
  return last == kLast.end() ? others : others + 1 + static_cast<int>(last - kLast.begin());
}

double percent_of(int64_t part, int64_t whole) {
  return whole > 0 ? 100.0 * static_cast<double>(part) / static_cast<double>(whole) : 0;
}

}  // namespace

int64_t backbone_numbers(const Backbone& model) {
  Graph graph;
  Slots none;
  model.build(graph, {}, none);
  int64_t numbers = 0;
  for (const int id : graph.parameters()) {
    if (!graph.info(id).buffer) numbers += graph.info(id).shape.size();
  }
  return numbers;
}

TrainedParts trained_parts(std::span<const TrainedParameters::Entry> entries, const Backbone& model) {
  TrainedParts result;
  result.backbone = backbone_numbers(model);
  for (const TrainedParameters::Entry& e : entries) {
    if (e.buffer) continue;
    const auto known = std::ranges::find(result.parts, e.part, &TrainedPart::name);
    TrainedPart& part = known != result.parts.end() ? *known : result.parts.emplace_back(e.part, 0);
    part.numbers += e.shape.size();
    result.total += e.shape.size();
    if (e.part == "head") result.head += e.shape.size();
  }
  std::ranges::stable_sort(result.parts, {}, [](const TrainedPart& p) { return place_of_part(p.name); });
  return result;
}

double TrainedParts::percent() const { return percent_of(total, backbone); }
double TrainedParts::percent_without_head() const { return percent_of(total - head, backbone); }

std::string TrainedParts::text() const {
  std::string text;
  for (const TrainedPart& part : parts) {
    text += fmt::format("{} {} · ", part.name, count_text(part.numbers));
  }
  const auto millions = static_cast<double>(backbone) / 1e6;
  return text + fmt::format("total {} of {:.{}f} M = {}", count_text(total), millions, millions < 10 ? 2 : 1,
                            percent_text(percent() / 100, percent() < 0.1 ? 3 : 2));
}

}  // namespace ax
