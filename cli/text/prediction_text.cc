#include "cli/text/prediction_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/text/terminal_text.h"

namespace ax::cli {
namespace {

using Json = nlohmann::ordered_json;

Json top_of(const FileAnswer& a, const std::vector<std::string>& classes, size_t top_k) {
  Json list = Json::array();
  for (const size_t c : top_classes(a.answer.probabilities, top_k)) {
    Json entry{{"class", c}};
    if (!classes.empty()) entry["name"] = classes[c];
    entry["probability"] = a.answer.probabilities[c];
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace

std::string prediction_text(const FileAnswer& a, const std::vector<std::string>& classes,
                            const PredictionStyle& style) {
  std::string text =
      fmt::format("{}{}\n", a.file.string(), style.label.empty() ? "" : "  " + printable(style.label));
  for (const size_t c : top_classes(a.answer.probabilities, style.top_k)) {
    text += fmt::format("  {:5.1f} %  {}{}\n", 100 * a.answer.probabilities[c], c,
                        classes.empty() ? "" : "  " + printable(classes[c]));
  }
  return text;
}

std::string prediction_json(const FileAnswer& a, const std::vector<std::string>& classes,
                            const PredictionStyle& style) {
  Json json{{"file", a.file.string()}};
  if (!style.label.empty()) json["adapter"] = style.label;
  if (!a.error.empty()) {
    json["error"] = a.error;
  } else {
    json["top"] = top_of(a, classes, style.top_k);
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace ax::cli
