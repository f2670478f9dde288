#include "adapterx/data/sources/atom_image.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ax {
namespace {

constexpr double kTau = 2 * std::numbers::pi;
constexpr double kMostTurn = std::numbers::pi / 6, kLeastScale = 0.8, kMostScale = 1.2;
constexpr double kContrast = 60, kSpread = 25;
constexpr double kStep = 0.6;      // pixels between the dots of a line
constexpr float kOpacity = 0.75F;  // of a dot

void draw_line(const AtomPoint& from, const AtomPoint& to, const Colour& colour, Painting& painting) {
  const double dx = to.x - from.x, dy = to.y - from.y;
  const int dots = std::max(1, static_cast<int>(std::ceil(std::hypot(dx, dy) / kStep)));
  for (int i = 0; i < dots; ++i) {
    const double part = static_cast<double>(i) / dots;
    painting.dot(static_cast<float>(from.x + part * dx), static_cast<float>(from.y + part * dy), colour,
                 kOpacity);
  }
}

// From parts of the side about the centre to pixels.
void place(std::vector<AtomPoint>& corners, int64_t side, Draws& draws) {
  const auto pixels = static_cast<double>(side);
  const double angle = draws.uniform(-kMostTurn, kMostTurn), scale = draws.uniform(kLeastScale, kMostScale);
  const double c = pixels * scale * std::cos(angle), s = pixels * scale * std::sin(angle);
  const double x = pixels * draws.uniform(0.25, 0.75), y = pixels * draws.uniform(0.25, 0.75);
  for (AtomPoint& p : corners) p = {x + c * p.x - s * p.y, y + s * p.x + c * p.y};
}

}  // namespace

AtomClass draw_atom_class(uint64_t seed, int64_t number) {
  Draws draws({.seed = seed, .epoch = static_cast<uint32_t>(number)}, "atoms.class");
  AtomClass atom;
  atom.wave_1 = static_cast<int>(draws.below(AtomClass::kMostWaves + 1));
  atom.wave_2 = static_cast<int>(draws.below(AtomClass::kMostWaves + 1));
  if (atom.wave_1 == atom.wave_2 && atom.wave_1 > 0) atom.wave_2 = atom.wave_1 - 1;
  atom.ripple = 0.5 / draws.uniform(2, 6);
  atom.rings = static_cast<int>(std::pow(AtomClass::kMostRings + 1.0, draws.uniform()));
  atom.vertices = AtomClass::kLeastVertices +
                  static_cast<int>(draws.below(AtomClass::kMostVertices - AtomClass::kLeastVertices + 1));
  atom.start = draws.uniform(0, 0.1);
  atom.reach = draws.uniform(0.15, 0.5);
  atom.oval_x = draws.uniform(1, 2);
  atom.oval_y = draws.uniform(1, 2);
  atom.jitter = draws.uniform(0, 0.15);
  return atom;
}

std::vector<AtomPoint> atom_corners(const AtomClass& atom, const Rng& jitter) {
  const auto vertices = static_cast<size_t>(atom.vertices);
  const double step = atom.reach / atom.rings, angle = kTau / atom.vertices;
  std::vector<AtomPoint> corners(vertices * static_cast<size_t>(atom.rings)), radii(vertices);
  std::ranges::fill(radii, AtomPoint{atom.start * atom.oval_x, atom.start * atom.oval_y});
  for (size_t at = 0; at < corners.size(); ++at) {
    const auto vertex = static_cast<double>(at % vertices);
    const double turn = angle * vertex;
    const double wave = 1 + atom.ripple * (std::sin(turn * atom.wave_1) + std::sin(turn * atom.wave_2));
    const std::array<uint32_t, 4> bits = jitter.block(at);
    const auto off = [&](size_t i) {
      return atom.jitter * static_cast<double>(Rng::unit(bits[i]) + Rng::unit(bits[i + 1]) - 1);
    };
    AtomPoint& radius = radii[at % vertices];
    radius = {radius.x + step * (wave + off(0)), radius.y + step * (wave + off(2))};
    corners[at] = {std::cos(turn) * radius.x, std::sin(turn) * radius.y};
  }
  return corners;
}

Image draw_atom(const AtomClass& atom, double coloured, int64_t side, const SampleKey& key,
                const std::string& name) {
  thread_local Painting painting{1};
  if (painting.side() != side) painting = Painting(side);
  Draws draws(key, "atoms.image"), ground(key, "atoms.ground");
  const bool in_colour = draws.chance(coloured);
  const double luma = in_colour ? draws.uniform(0, 255) : 0;
  painting.fill(in_colour ? draw_field(luma, kSpread, ground) : plain_field({0, 0, 0}));
  std::vector<AtomPoint> corners =
      atom_corners(atom, Rng(key.seed, static_cast<uint32_t>(key.index), place_of("atoms.jitter")));
  place(corners, side, draws);
  const auto vertices = static_cast<size_t>(atom.vertices);
  for (size_t ring = 0; ring < corners.size(); ring += vertices) {
    const double level = draw_contrasting_luma(luma, kContrast, draws);
    const auto grey = static_cast<float>(level);
    const Colour colour = in_colour ? draw_colour(level, draws) : Colour{grey, grey, grey};
    for (size_t v = 0; v < vertices; ++v) {
      draw_line(corners[ring + v], corners[ring + (v + 1) % vertices], colour, painting);
    }
  }
  return painting.image(name);
}

}  // namespace ax
