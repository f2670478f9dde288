#include <fmt/format.h>

#include <algorithm>

#include "adapterx/io/images/png_writer.h"
#include "adapterx/report/expert_color.h"
#include "adapterx/report/html_text.h"
#include "adapterx/report/sections/choice_parts.h"
#include "adapterx/report/sections/expert_legend.h"
#include "adapterx/report/sections/sections.h"

namespace ax {
namespace {

int64_t patches_of(const RoutingPicture& picture) { return picture.side * picture.side; }

// One pixel a patch, in the colour of its expert.
std::string map_uri(const RoutingPicture& picture, size_t block) {
  Image map = new_image("routing", picture.side, picture.side);
  const uint8_t* choice = patch_choices(picture.choices, block, patches_of(picture));
  for (size_t patch = 0; patch < map.size() / 3; ++patch, choice += picture.choices.heads) {
    std::ranges::copy(expert_rgb(majority(picture.choices, choice)), map.pixels.get() + 3 * patch);
  }
  return data_uri("routing", encode_png(map));
}

std::string overlay(const RoutingPicture& picture, size_t block) {
  return fmt::format("<span class=\"photo\"><img class=\"map\" src=\"{}\" alt=\"\"></span>",
                     map_uri(picture, block));
}

std::string strip(const RoutingPicture& picture) {
  std::string out =
      "<div class=\"strip\"><span class=\"tile\"><span class=\"photo plain\"></span>image</span>\n";
  for (size_t block = 0; block < picture.choices.blocks.size(); ++block) {
    out += fmt::format("<button type=\"button\" class=\"tile\" data-block=\"{}\">{}block {}</button>\n",
                       block, overlay(picture, block), block + 1);
  }
  return out + "</div>\n";
}

// What script needs to draw the same for one sub-head.
std::string choices_json(const RoutingPicture& picture) {
  return fmt::format("{{\"side\":{},\"heads\":{},\"blocks\":{}}}", picture.side, picture.choices.heads,
                     blocks_json(picture.choices));
}

std::string card(const RoutingPicture& picture, const Confusion& confusion) {
  const size_t last = picture.choices.blocks.size() - 1;
  return fmt::format(
      "<figure class=\"card routing{}\" style=\"--photo:url({})\">\n<figcaption "
      "title=\"{}\">{}</figcaption>\n"
      "<div class=\"view\"><div class=\"main\">{}{}"
      "<p class=\"probe\"></p></div>\n{}</div>\n<script type=\"application/json\">{}</script></figure>\n",
      is_tiny(picture.shown.image) ? " tiny" : "", data_uri(picture.shown.name, picture.shown.image),
      escape(picture.shown.name), verdict(picture.shown, confusion), overlay(picture, last),
      block_state(picture.choices, last, patches_of(picture)), strip(picture), choices_json(picture));
}

}  // namespace

std::string routing_section(const RunRecord& run) {
  const std::vector<RoutingPicture>& pictures = run.findings.routing;
  if (pictures.empty()) return "";
  int64_t experts = 0, heads = 1;
  size_t blocks = 1;
  std::string cards;
  for (const RoutingPicture& picture : pictures) {
    experts = std::max(experts, picture.choices.experts);
    heads = std::max(heads, picture.choices.heads);
    blocks = std::max(blocks, picture.choices.blocks.size());
    cards += card(picture, run.findings.confusion);
  }
  const std::string how =
      heads == 1
          ? ""
          : fmt::format(
                " Each patch has {} sub-tokens, routed on their own; shown is the expert most of them chose.",
                heads);
  return fmt::format(
      "<p>The expert that weighs most for each patch of an image, block by block.{} The squares beside a "
      "block's "
      "number are its "
      "other tokens: class and prompts.</p>\n{}<form class=\"controls\">{}<label><input type=\"checkbox\" "
      "name=\"tint\" checked> tint</label></form>\n<div class=\"routings\">\n{}</div>\n",
      how, expert_legend(experts), choice_controls(blocks, heads), cards);
}

}  // namespace ax
