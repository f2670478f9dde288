#include "adapterx/data/placement.h"

#include "adapterx/base/error.h"

namespace ax {
namespace {

Position mapped(const kernels::AffineMap& m, const Position& p) {
  return {m[0] * p.x + m[1] * p.y + m[2], m[3] * p.x + m[4] * p.y + m[5]};
}

}  // namespace

Position Placement::source(const Position& input) const { return mapped(source_of_, input); }

Position Placement::input(const Position& source) const {
  const kernels::AffineMap& m = source_of_;
  const double area = m[0] * m[4] - m[1] * m[3];
  if (area == 0) fail("placement: expected a map with an inverse, got one that maps all to a line");
  const double x = source.x - m[2], y = source.y - m[5];
  return {(m[4] * x - m[1] * y) / area, (m[0] * y - m[3] * x) / area};
}

Placement Placement::then(const Placement& next) const {
  const kernels::AffineMap &a = source_of_, &b = next.source_of_;
  const Position origin = mapped(a, {b[2], b[5]});
  return Placement({a[0] * b[0] + a[1] * b[3], a[0] * b[1] + a[1] * b[4], origin.x,  //
                    a[3] * b[0] + a[4] * b[3], a[3] * b[1] + a[4] * b[4], origin.y});
}

Placement scaled_part(const Position& begin, double scale_x, double scale_y) {
  return Placement({scale_x, 0, begin.x, 0, scale_y, begin.y});
}

Placement mirrored(double width) { return Placement({-1, 0, width, 0, 1, 0}); }

}  // namespace ax
