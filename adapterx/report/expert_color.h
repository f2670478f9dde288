// A colour for each expert, the same in charts and pictures. The first eight are told apart with any kind of
// colour vision (after Okabe and Ito, "Color Universal Design", 2008); further ones are their light and dark
// variants.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace ax {

std::array<uint8_t, 3> expert_rgb(int64_t expert);
std::string expert_color(int64_t expert);  // "#0072b2"

}  // namespace ax
