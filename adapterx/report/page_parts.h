// The page's style sheet and scripts: the files of report/page, which the build embeds (cmake/embed.cmake).
#pragma once

#include <string_view>

namespace ax {

std::string_view page_style_css();
// What the other two scripts share. The colours of the experts are read off the legend.
std::string_view page_shared_js();
// Draws the routing pictures for the block and the sub-head chosen. Without script they show the majority of
// the sub-heads, and the last block large.
std::string_view page_routing_js();
// Draws what cloud_svg draws (sections/cloud_picture.h), from any side. Without script the still pictures
// stay.
std::string_view page_clouds_js();

}  // namespace ax
