#include <fmt/format.h>

#include <algorithm>

#include "adapterx/report/base64.h"
#include "adapterx/report/html_text.h"
#include "adapterx/report/sections/choice_parts.h"
#include "adapterx/report/sections/cloud_picture.h"
#include "adapterx/report/sections/expert_legend.h"
#include "adapterx/report/sections/sections.h"
#include "adapterx/report/shown_cloud.h"

namespace ax {
namespace {

std::string still(const CloudPicture& cloud, const std::string& label) {
  const size_t blocks = cloud.choices.blocks.size();
  const CloudColors colors =
      blocks > 0 ? expert_colors(cloud, blocks - 1) : height_colors(cloud.shown.points);
  return cloud_svg(cloud.shown.points, colors, "cloud still", label);
}

// What script needs to draw the cloud from any side.
std::string cloud_json(const CloudPicture& cloud) {
  return fmt::format("{{\"points\":\"{}\",\"patches\":{},\"patch\":\"{}\",\"heads\":{},\"blocks\":{}}}",
                     to_base64(pack_points(cloud.shown.points)), cloud.patches,
                     to_base64(pack_patches(cloud.patch)), cloud.choices.heads, blocks_json(cloud.choices));
}

std::string card(const CloudPicture& cloud, const Confusion& confusion) {
  const ShownSample& shown = cloud.shown;
  const std::string& name = confusion.classes[static_cast<size_t>(shown.truth)];
  const std::string label = fmt::format("Point cloud: {}", shorten(name, 40));
  const bool wrong = shown.truth != shown.predicted;
  const size_t blocks = cloud.choices.blocks.size();
  return fmt::format(
      "<figure class=\"card turnable{}\">\n<div class=\"stage\">{}<canvas tabindex=\"0\" "
      "role=\"application\" aria-roledescription=\"point cloud that arrow keys turn\" "
      "aria-label=\"{}\"></canvas><p class=\"probe\"></p></div>\n"
      "<figcaption title=\"{}\">{}</figcaption>{}\n"
      "<script type=\"application/json\">{}</script></figure>\n",
      wrong ? " mistaken" : "", still(cloud, label), escape(label), escape(shown.name),
      verdict(shown, confusion), blocks > 0 ? block_state(cloud.choices, blocks - 1, cloud.patches) : "",
      cloud_json(cloud));
}

struct Extent {
  int64_t experts = 0, heads = 1;
  size_t blocks = 0;
};

Extent extent_of(const std::vector<CloudPicture>& clouds) {
  Extent extent;
  for (const CloudPicture& cloud : clouds) {
    extent.experts = std::max(extent.experts, cloud.choices.experts);
    extent.heads = std::max(extent.heads, cloud.choices.heads);
    extent.blocks = std::max(extent.blocks, cloud.choices.blocks.size());
  }
  return extent;
}

std::string radio(std::string_view name, std::string_view value, bool checked) {
  return fmt::format("<label><input type=\"radio\" name=\"{0}\" value=\"{1}\"{2}><span>{1}</span></label>",
                     name, value, checked ? " checked" : "");
}

std::string controls(const Extent& extent) {
  const bool experts = extent.blocks > 0;
  return fmt::format(
      "<form class=\"controls\">{}<div role=\"radiogroup\" aria-label=\"Colour\"><b>Colour</b>{}{}{}</div>"
      "<label class=\"spin\"><input type=\"checkbox\" name=\"spin\"> turn slowly</label></form>\n",
      experts ? choice_controls(extent.blocks, extent.heads) : "",
      experts ? radio("color", "expert", true) : "", radio("color", "patch", false),
      radio("color", "height", !experts));
}

std::string intro(const Extent& extent) {
  std::string text;
  if (extent.blocks > 0) {
    text =
        "The expert that weighs most for each patch of a cloud, block by block: each point has the colour of "
        "the "
        "patch whose centre is nearest.";
    if (extent.heads > 1) {
      text += fmt::format(
          " Each patch has {} sub-tokens, routed on their own; shown is the expert most of them chose.",
          extent.heads);
    }
    text += " The squares beside a block's number are its other tokens: class and prompts.";
  } else {
    text = "Some of the clouds, coloured by height.";
  }
  return fmt::format(
      "<p>{}<span class=\"help\"> Drag a cloud to turn it, or use the arrow keys; a double click or Home "
      "turns it back.</span></p>\n",
      text);
}

std::string palette_text() {
  std::string text;
  for (const std::string& color : height_palette()) text += (text.empty() ? "" : " ") + color;
  return text;
}

}  // namespace

std::string clouds_section(const RunRecord& run) {
  const std::vector<CloudPicture>& clouds = run.findings.clouds;
  if (clouds.empty()) return "";
  const Extent extent = extent_of(clouds);
  std::string cards;
  for (const CloudPicture& cloud : clouds) cards += card(cloud, run.findings.confusion);
  const CloudView view;
  return fmt::format(
      "{}{}{}<div class=\"clouds\" data-view=\"{} {} {} {} {}\" data-heights=\"{}\">\n{}</div>\n",
      intro(extent), extent.blocks > 0 ? expert_legend(extent.experts) : "", controls(extent), view.yaw,
      view.pitch, view.distance, view.dot, view.largest_dot, palette_text(), cards);
}

}  // namespace ax
