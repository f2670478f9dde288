#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "adapterx/io/png_writer.h"
#include "adapterx/report/base64.h"
#include "adapterx/report/expert_color.h"
#include "adapterx/report/html_text.h"
#include "adapterx/report/sections/expert_legend.h"
#include "adapterx/report/sections/sections.h"

namespace ax {
namespace {

// The expert most sub-heads of a token chose; of equals the one of the lowest number.
uint8_t majority(const RoutingPicture& picture, const uint8_t* choice) {
  std::array<int64_t, 256> votes{};
  for (int64_t head = 0; head < picture.heads; ++head) ++votes[choice[head]];
  return static_cast<uint8_t>(std::ranges::max_element(votes) - votes.begin());
}

size_t other_tokens(const RoutingPicture& picture, size_t block) {
  return (picture.blocks[block].size() / static_cast<size_t>(picture.heads)) -
         static_cast<size_t>(picture.side * picture.side);
}

// One pixel a patch, in the colour of its expert.
std::string map_uri(const RoutingPicture& picture, size_t block) {
  Image map = new_image("routing", picture.side, picture.side);
  const auto heads = static_cast<size_t>(picture.heads);
  const uint8_t* choice = picture.blocks[block].data() + other_tokens(picture, block) * heads;
  for (size_t patch = 0; patch < map.size() / 3; ++patch, choice += heads) {
    std::ranges::copy(expert_rgb(majority(picture, choice)), map.pixels.get() + 3 * patch);
  }
  return data_uri("routing", encode_png(map));
}

std::string overlay(const RoutingPicture& picture, size_t block) {
  return fmt::format("<span class=\"photo\"><img class=\"map\" src=\"{}\" alt=\"\"></span>",
                     map_uri(picture, block));
}

std::string chips(const RoutingPicture& picture, size_t block) {
  std::string out;
  const uint8_t* choice = picture.blocks[block].data();
  for (size_t token = 0; token < other_tokens(picture, block); ++token, choice += picture.heads) {
    out += fmt::format("<i style=\"background:{}\"></i>", expert_color(majority(picture, choice)));
  }
  return out;
}

std::string strip(const RoutingPicture& picture) {
  std::string out =
      "<div class=\"strip\"><span class=\"tile\"><span class=\"photo plain\"></span>image</span>\n";
  for (size_t block = 0; block < picture.blocks.size(); ++block) {
    out += fmt::format("<button type=\"button\" class=\"tile\" data-block=\"{}\">{}block {}</button>\n",
                       block, overlay(picture, block), block + 1);
  }
  return out + "</div>\n";
}

// What script needs to draw the same for one sub-head.
std::string choices_json(const RoutingPicture& picture) {
  std::string blocks;
  for (const std::vector<uint8_t>& choice : picture.blocks) {
    blocks += fmt::format("{}\"{}\"", blocks.empty() ? "" : ",", to_base64(std::as_bytes(std::span(choice))));
  }
  return fmt::format("{{\"side\":{},\"heads\":{},\"blocks\":[{}]}}", picture.side, picture.heads, blocks);
}

std::string verdict(const ShownImage& shown, const Confusion& confusion) {
  const std::string confidence = std::isfinite(shown.confidence)
                                     ? fmt::format(" <span>{}</span>", percent_text(shown.confidence, 1))
                                     : "";
  if (shown.truth == shown.predicted) {
    return fmt::format("<span class=\"truth\">{}{}</span>", class_name(confusion, shown.truth), confidence);
  }
  return fmt::format("<span class=\"truth\">{}</span> <span class=\"wrong\">→ {}{}</span>",
                     class_name(confusion, shown.truth), class_name(confusion, shown.predicted), confidence);
}

std::string card(const RoutingPicture& picture, const Confusion& confusion) {
  const size_t last = picture.blocks.size() - 1;
  return fmt::format(
      "<figure class=\"card routing{}\" style=\"--photo:url({})\">\n<figcaption "
      "title=\"{}\">{}</figcaption>\n"
      "<div class=\"view\"><div class=\"main\">{}<p class=\"state\"><b>block {}</b> <span "
      "class=\"others\">{}</span></p>"
      "<p class=\"probe\"></p></div>\n{}</div>\n<script type=\"application/json\">{}</script></figure>\n",
      is_tiny(picture.shown.image) ? " tiny" : "", data_uri(picture.shown.name, picture.shown.image),
      escape(picture.shown.name), verdict(picture.shown, confusion), overlay(picture, last), last + 1,
      chips(picture, last), strip(picture), choices_json(picture));
}

std::string controls(const std::vector<RoutingPicture>& pictures) {
  int64_t heads = 1;
  size_t blocks = 1;
  for (const RoutingPicture& picture : pictures) {
    heads = std::max(heads, picture.heads);
    blocks = std::max(blocks, picture.blocks.size());
  }
  std::string out = fmt::format(
      "<form class=\"controls\"><label>Block <input type=\"range\" name=\"block\" min=\"1\" max=\"{0}\" "
      "value=\"{0}\">"
      " <output>{0}</output></label>",
      blocks);
  if (heads > 1) {
    out +=
        "<div role=\"radiogroup\" aria-label=\"Sub-head\"><b>Sub-head</b><label><input type=\"radio\" "
        "name=\"head\" value=\"-1\" checked>"
        "<span>majority</span></label>";
    for (int64_t head = 0; head < heads; ++head) {
      out += fmt::format("<label><input type=\"radio\" name=\"head\" value=\"{}\"><span>{}</span></label>",
                         head, head + 1);
    }
    out += "</div>";
  }
  return out + "<label><input type=\"checkbox\" name=\"tint\" checked> tint</label></form>\n";
}

}  // namespace

std::string routing_section(const RunRecord& run) {
  const std::vector<RoutingPicture>& pictures = run.findings.routing;
  if (pictures.empty()) return "";
  int64_t experts = 0, heads = 1;
  std::string cards;
  for (const RoutingPicture& picture : pictures) {
    experts = std::max(experts, picture.experts);
    heads = std::max(heads, picture.heads);
    cards += card(picture, run.findings.confusion);
  }
  const std::string how =
      heads == 1
          ? ""
          : fmt::format(
                " Each patch has {} sub-tokens, routed on their own; shown is the expert most of them chose.",
                heads);
  return fmt::format(
      "<p>The expert that each patch of an image went to, block by block.{} The squares beside a block's "
      "number are its "
      "other tokens: class and prompts.</p>\n{}{}<div class=\"routings\">\n{}</div>\n",
      how, expert_legend(experts), controls(pictures), cards);
}

}  // namespace ax
