#include "adapterx/train/trained_parts.h"

#include <algorithm>
#include <array>

#include "adapterx/base/error.h"
#include "adapterx/base/text_format.h"

namespace ax {
namespace {

struct Rule {
  std::string_view selector, part;
};
constexpr std::array<Rule, 13> kRules = {{{"head.*", "head"},
                                          {"head_dist.*", "head"},
                                          {"*smoa.*", "SMoA"},
                                          {"*prompt.*", "PG"},
                                          {"*adaptmlp.*", "adapter"},
                                          {"*.adapter.*", "adapter"},
                                          {"*.tfts.*", "TFTS"},
                                          {"blocks.*.norm2.*", "LN2"},
                                          {"cls_*", "CLS"},
                                          {"decoder_*", "decoder"},
                                          {"increase_dim.*", "decoder"},
                                          {"mask_token", "decoder"},
                                          {"*", "backbone"}}};
constexpr std::array<std::string_view, 9> kOrder = {"LN2",  "PG",       "CLS",     "SMoA", "adapter",
                                                    "TFTS", "backbone", "decoder", "head"};

double percent_of(int64_t part, int64_t whole) {
  return whole > 0 ? 100.0 * static_cast<double>(part) / static_cast<double>(whole) : 0;
}

}  // namespace

std::string part_of(std::string_view parameter) {
  for (const Rule& rule : kRules) {
    if (matches(rule.selector, parameter)) return std::string(rule.part);
  }
  return "backbone";
}

int64_t backbone_numbers(const BackboneConfig& model) {
  int64_t numbers = 0;
  for (const auto& [name, shape] : backbone_parameters(model)) {
    const bool buffer = name.ends_with(".running_mean") || name.ends_with(".running_var");
    if (!buffer && part_of(name) != "head") numbers += shape.size();
  }
  return numbers;
}

TrainedParts trained_parts(std::span<const TrainedParameters::Entry> entries, const BackboneConfig& model) {
  const bool whole =
      std::ranges::any_of(entries, [](const auto& e) { return !e.buffer && part_of(e.name) == "backbone"; });
  TrainedParts result;
  result.backbone = backbone_numbers(model);
  for (const std::string_view part : kOrder) {
    int64_t numbers = 0;
    for (const TrainedParameters::Entry& e : entries) {
      if (e.buffer) continue;
      std::string name = part_of(e.name);
      if (whole && (name == "LN2" || name == "CLS")) name = "backbone";
      if (name == part) numbers += e.shape.size();
    }
    if (numbers == 0) continue;
    result.parts.push_back({std::string(part), numbers});
    result.total += numbers;
    if (part == "head") result.head = numbers;
  }
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
