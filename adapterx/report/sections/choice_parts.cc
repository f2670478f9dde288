#include "adapterx/report/sections/choice_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "adapterx/base/text_format.h"
#include "adapterx/report/base64.h"
#include "adapterx/report/expert_color.h"
#include "adapterx/report/html_text.h"

namespace ax {

uint8_t majority(const ExpertChoices& choices, const uint8_t* choice) {
  std::array<int64_t, 256> votes{};
  for (int64_t head = 0; head < choices.heads; ++head) ++votes[choice[head]];
  return static_cast<uint8_t>(std::ranges::max_element(votes) - votes.begin());
}

size_t other_tokens(const ExpertChoices& choices, size_t block, int64_t patches) {
  return choices.blocks[block].size() / static_cast<size_t>(choices.heads) - static_cast<size_t>(patches);
}

const uint8_t* patch_choices(const ExpertChoices& choices, size_t block, int64_t patches) {
  return choices.blocks[block].data() +
         other_tokens(choices, block, patches) * static_cast<size_t>(choices.heads);
}

std::string block_state(const ExpertChoices& choices, size_t block, int64_t patches) {
  std::string chips;
  const uint8_t* choice = choices.blocks[block].data();
  for (size_t token = 0; token < other_tokens(choices, block, patches); ++token, choice += choices.heads) {
    chips += fmt::format("<i style=\"background:{}\"></i>", expert_color(majority(choices, choice)));
  }
  return fmt::format("<p class=\"state\"><b>block {}</b> <span class=\"others\">{}</span></p>", block + 1,
                     chips);
}

std::string choice_controls(size_t blocks, int64_t heads) {
  std::string out = fmt::format(
      "<label>Block <input type=\"range\" name=\"block\" min=\"1\" max=\"{0}\" value=\"{0}\"> "
      "<output>{0}</output></label>",
      blocks);
  if (heads <= 1) return out;
  out +=
      "<div role=\"radiogroup\" aria-label=\"Sub-head\"><b>Sub-head</b><label><input type=\"radio\" "
      "name=\"head\" value=\"-1\" checked><span>majority</span></label>";
  for (int64_t head = 0; head < heads; ++head) {
    out += fmt::format("<label><input type=\"radio\" name=\"head\" value=\"{}\"><span>{}</span></label>",
                       head, head + 1);
  }
  return out + "</div>";
}

std::string verdict(const ShownSample& shown, const Confusion& confusion) {
  const std::string confidence =
      std::isfinite(shown.confidence)
          ? fmt::format(" <span>{}</span>", unbroken(percent_text(shown.confidence, 1)))
          : "";
  if (shown.truth == shown.predicted) {
    return fmt::format("<span class=\"truth\">{}{}</span>", class_name(confusion, shown.truth), confidence);
  }
  return fmt::format("<span class=\"truth\">{}</span> <span class=\"wrong\">→ {}{}</span>",
                     class_name(confusion, shown.truth), class_name(confusion, shown.predicted), confidence);
}

std::string blocks_json(const ExpertChoices& choices) {
  std::string blocks;
  for (const std::vector<uint8_t>& choice : choices.blocks) {
    blocks += fmt::format("{}\"{}\"", blocks.empty() ? "" : ",", to_base64(std::as_bytes(std::span(choice))));
  }
  return "[" + blocks + "]";
}

}  // namespace ax
