#include "adapterx/report/expert_color.h"

#include <fmt/format.h>

namespace ax {
namespace {

constexpr std::array<std::array<uint8_t, 3>, 8> kColors = {{{0, 114, 178},
                                                            {230, 159, 0},
                                                            {0, 158, 115},
                                                            {204, 121, 167},
                                                            {86, 180, 233},
                                                            {213, 94, 0},
                                                            {240, 228, 66},
                                                            {106, 76, 156}}};

}  // namespace

std::array<uint8_t, 3> expert_rgb(int64_t expert) {
  const auto index = static_cast<size_t>(expert);
  std::array<uint8_t, 3> color = kColors[index % kColors.size()];
  const size_t round = index / kColors.size();
  if (round == 0) return color;
  const double kept = 0.5 + 0.1 * static_cast<double>(round / 3 % 3);
  const double toward = round % 2 == 1 ? 255 : 0;
  for (uint8_t& c : color) c = static_cast<uint8_t>(kept * c + (1 - kept) * toward);
  return color;
}

std::string expert_color(int64_t expert) {
  const auto [red, green, blue] = expert_rgb(expert);
  return fmt::format("#{:02x}{:02x}{:02x}", red, green, blue);
}

}  // namespace ax
