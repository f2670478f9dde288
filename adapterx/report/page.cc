#include "adapterx/report/page.h"

#include <fmt/format.h>

#include "adapterx/report/html_text.h"
#include "adapterx/report/page_parts.h"
#include "adapterx/report/sections/sections.h"

namespace ax {
namespace {

constexpr std::string_view kHead = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
)";

std::vector<Section> sections_of(const RunRecord& run) {
  std::vector<Section> sections = {{"parameters", "What is trained", parameters_section(run)},
                                   {"curves", "Curves", curves_section(run)},
                                   {"confusion", "Confusion", confusion_section(run)},
                                   {"mistakes", "Worst mistakes", mistakes_section(run)},
                                   {"experts", "Expert use", experts_section(run)},
                                   {"routing", "Routing pictures", routing_section(run)},
                                   {"clouds", "Point clouds", clouds_section(run)},
                                   {"config", "Configuration", config_section(run)}};
  std::erase_if(sections, [](const Section& section) { return section.html.empty(); });
  return sections;
}

std::string navigation(const std::vector<Section>& sections) {
  std::string out = "<nav>";
  for (const Section& section : sections) {
    out += fmt::format("<a href=\"#{}\">{}</a> ", section.id, section.title);
  }
  return out + "</nav>\n";
}

// One scope for all files, so that the page has no global names.
std::string script() {
  return fmt::format("(function () {{\n\"use strict\";\n{}{}{}}})();\n", page_shared_js(), page_routing_js(),
                     page_clouds_js());
}

}  // namespace

std::string report_page(const RunRecord& run) {
  check(run.findings);
  const std::string title = escape(run.facts.title.empty() ? "Training run" : shorten(run.facts.title, 120));
  const std::vector<Section> sections = sections_of(run);
  std::string out(kHead);
  out += fmt::format(
      "<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n<header><h1>{}</h1>\n{}</header>\n<main>\n",
      title, page_style_css(), title, navigation(sections));
  out += overview_section(run);
  for (const Section& section : sections) {
    out += fmt::format("<section id=\"{}\">\n<h2>{}</h2>\n{}</section>\n", section.id, section.title,
                       section.html);
  }
  return out + fmt::format("</main>\n<script>\n{}</script>\n</body>\n</html>\n", script());
}

}  // namespace ax
