#include "adapterx/data/sources/view_image.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "adapterx/data/sources/colour_field.h"
#include "adapterx/data/sources/painting.h"
#include "adapterx/data/sources/view_canvas.h"

namespace ax {
namespace {

using Vector = std::array<float, 3>;
using Matrix = std::array<Vector, 3>;  // rows

enum class Look : uint8_t { flat, smooth, depth, silhouette };

struct View {
  Matrix turn = {};  // to x right, y up, z to the viewer
  float distance = 0, radius = 0, x = 0, y = 0;
  Look look = Look::flat;
  Vector light = {};
  float ambient = 0;
};

Vector difference(const Vector& a, const Vector& b) { return {a[0] - b[0], a[1] - b[1], a[2] - b[2]}; }
float dot(const Vector& a, const Vector& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }
Vector cross(const Vector& a, const Vector& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

Vector turned(const Matrix& m, const Vector& v) { return {dot(m[0], v), dot(m[1], v), dot(m[2], v)}; }

Vector at(const std::vector<float>& values, size_t i) {
  return {values[3 * i], values[3 * i + 1], values[3 * i + 2]};
}

Matrix product(const Matrix& a, const Matrix& b) {
  Matrix out = {};
  for (size_t r = 0; r < 3; ++r) {
    for (size_t c = 0; c < 3; ++c) out[r][c] = a[r][0] * b[0][c] + a[r][1] * b[1][c] + a[r][2] * b[2][c];
  }
  return out;
}

// In the plane of two axes, by degrees.
Matrix rotation(size_t from, size_t to, double degrees) {
  const double angle = degrees * std::numbers::pi / 180;
  Matrix m = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  m[from][from] = m[to][to] = static_cast<float>(std::cos(angle));
  m[to][from] = static_cast<float>(std::sin(angle));
  m[from][to] = -m[to][from];
  return m;
}

Look draw_look(Draws& draws) {
  const double u = draws.uniform();
  return u < 0.3 ? Look::flat : u < 0.6 ? Look::smooth : u < 0.85 ? Look::depth : Look::silhouette;
}

View draw_pose(int64_t side, Draws& draws) {
  View view;
  const double yaw = draws.uniform(0, 360), pitch = draws.uniform(-20, 60), roll = draws.uniform(-10, 10);
  view.turn = product(rotation(0, 1, roll), product(rotation(1, 2, pitch), rotation(2, 0, yaw)));
  view.distance = static_cast<float>(draws.uniform(2.5, 6));
  const double zoom = draws.uniform(0.65, 1), half = static_cast<double>(side) / 2;
  view.radius = static_cast<float>(zoom * half);
  view.x = static_cast<float>(half + (1 - zoom) * half * draws.uniform(-1, 1));
  view.y = static_cast<float>(half + (1 - zoom) * half * draws.uniform(-1, 1));
  view.look = draw_look(draws);
  const double across = draws.uniform(-1, 1), above = draws.uniform(-0.5, 1), towards = draws.uniform(0.2, 1);
  const double length = std::hypot(across, above, towards);
  view.light = {static_cast<float>(across / length), static_cast<float>(above / length),
                static_cast<float>(towards / length)};
  view.ambient = static_cast<float>(draws.uniform(0.1, 0.4));
  return view;
}

// How bright a surface is whose normal is this, whichever side of it is seen.
float brightness(const View& view, Vector normal) {
  const float length = std::sqrt(dot(normal, normal));
  if (!(length > 0)) return view.ambient;
  const float facing = normal[2] < 0 ? -1.0F : 1.0F;
  const float lit = std::max(facing * dot(normal, view.light) / length, 0.0F);
  return view.ambient + (1 - view.ambient) * lit;
}

ViewPoint projected(const View& view, const Vector& p) {
  const float scale = view.radius * std::sqrt(view.distance * view.distance - 1) / (view.distance - p[2]);
  ViewPoint point{.x = view.x + scale * p[0], .y = view.y - scale * p[1], .nearness = p[2], .value = 1};
  if (view.look == Look::depth) point.value = 0.15F + 0.85F * std::clamp(0.5F + 0.5F * p[2], 0.0F, 1.0F);
  return point;
}

void draw_surface(const ViewModel& model, const View& view, const std::vector<Vector>& points,
                  std::vector<ViewPoint>& shown, ViewCanvas& canvas) {
  if (view.look == Look::smooth) {
    for (size_t i = 0; i < points.size(); ++i) {
      shown[i].value = brightness(view, turned(view.turn, at(model.normals, i)));
    }
  }
  for (size_t t = 0; t < model.triangles.size(); t += 3) {
    const uint32_t a = model.triangles[t], b = model.triangles[t + 1], c = model.triangles[t + 2];
    if (view.look == Look::flat) {
      const Vector normal = cross(difference(points[b], points[a]), difference(points[c], points[a]));
      shown[a].value = shown[b].value = shown[c].value = brightness(view, normal);
    }
    canvas.triangle(shown[a], shown[b], shown[c]);
  }
}

void draw_shape(const ViewModel& model, const View& view, ViewCanvas& canvas) {
  const size_t count = model.xyz.size() / 3;
  std::vector<Vector> points(count);
  std::vector<ViewPoint> shown(count);
  for (size_t i = 0; i < count; ++i) {
    points[i] = turned(view.turn, at(model.xyz, i));
    shown[i] = projected(view, points[i]);
  }
  if (!model.triangles.empty()) {
    draw_surface(model, view, points, shown, canvas);
    return;
  }
  // Discs that close a surface of a few square units; shaded as the ball about the middle would be.
  const float radius = view.radius * std::clamp(1.6F / std::sqrt(static_cast<float>(count)), 0.02F, 0.2F);
  const bool shaded = view.look == Look::flat || view.look == Look::smooth;
  for (size_t i = 0; i < count; ++i) {
    if (shaded) shown[i].value = brightness(view, points[i]);
    canvas.disc(shown[i], radius);
  }
}

void add_normals(ViewModel& model) {
  model.normals.assign(model.xyz.size(), 0);
  for (size_t t = 0; t < model.triangles.size(); t += 3) {
    const Vector a = at(model.xyz, model.triangles[t]), b = at(model.xyz, model.triangles[t + 1]),
                 c = at(model.xyz, model.triangles[t + 2]);
    const Vector normal = cross(difference(b, a), difference(c, a));
    for (size_t corner = t; corner < t + 3; ++corner) {
      for (size_t axis = 0; axis < 3; ++axis)
        model.normals[3 * model.triangles[corner] + axis] += normal[axis];
    }
  }
}

// Into the unit sphere. In double: extents of floats may be beyond floats.
void fit(std::vector<float>& xyz) {
  std::array<double, 3> low, high;
  low.fill(std::numeric_limits<double>::max());
  high.fill(std::numeric_limits<double>::lowest());
  for (size_t i = 0; i < xyz.size(); ++i) {
    low[i % 3] = std::min(low[i % 3], double{xyz[i]});
    high[i % 3] = std::max(high[i % 3], double{xyz[i]});
  }
  double radius = 0;
  const auto shifted = [&](size_t i) { return xyz[i] - (low[i % 3] + high[i % 3]) / 2; };
  for (size_t i = 0; i < xyz.size(); i += 3) {
    radius = std::max(radius, std::hypot(shifted(i), shifted(i + 1), shifted(i + 2)));
  }
  for (size_t i = 0; i < xyz.size(); ++i) xyz[i] = static_cast<float>(radius > 0 ? shifted(i) / radius : 0);
}

void turn_up(std::vector<float>& xyz, UpAxis up) {
  for (size_t i = 0; i < xyz.size(); i += 3) {
    const float y = xyz[i + 1], z = xyz[i + 2];
    if (up == UpAxis::z) xyz[i + 1] = z, xyz[i + 2] = -y;
    if (up == UpAxis::minus_y) xyz[i + 1] = -y, xyz[i + 2] = -z;
  }
}

}  // namespace

ViewModel view_model(const Geometry& geometry, UpAxis up) {
  ViewModel model;
  if (const auto* mesh = std::get_if<TriangleMesh>(&geometry)) {
    model.xyz = mesh->vertices;
    model.triangles = mesh->triangles;
  } else {
    model.xyz = std::get<PointCloud>(geometry).xyz;
  }
  turn_up(model.xyz, up);
  fit(model.xyz);
  if (!model.triangles.empty()) add_normals(model);
  return model;
}

Image draw_view(const ViewModel& model, int64_t side, const SampleKey& key, const std::string& name) {
  Draws pose(key, "views.pose"), colours(key, "views.colours");
  ViewCanvas canvas(side);
  draw_shape(model, draw_pose(side, pose), canvas);
  const auto pixels = static_cast<size_t>(side * side);
  std::vector<uint8_t> coverage(pixels);
  std::vector<float> values(pixels), rgb(3 * pixels);
  canvas.read(coverage, values);
  const double behind = colours.uniform(0, 255);
  const Colour colour = draw_colour(draw_contrasting_luma(behind, 80, colours), colours);
  for (size_t i = 0; i < rgb.size(); ++i) rgb[i] = values[i / 3] * colour[i % 3];
  Painting painting(side);
  painting.fill(draw_field(behind, 20, colours));
  painting.blend(rgb, coverage);
  return painting.image(name);
}

}  // namespace ax
