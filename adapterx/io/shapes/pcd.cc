#include "adapterx/io/shapes/pcd.h"

#include <array>
#include <cmath>
#include <cstring>
#include <utility>

#include "adapterx/base/buffer.h"
#include "adapterx/io/scalar_bytes.h"
#include "adapterx/io/shapes/lzf.h"
#include "adapterx/io/shapes/pcd_header.h"
#include "adapterx/io/shapes/shape_lines.h"

namespace ax {
namespace {

using Bytes = std::span<const std::byte>;
using Point = std::array<double, 3>;

// Adds the point, or leaves it out where it is marked as missing; false where it is not finite.
bool add_point(PointCloud& cloud, const Point& p) {
  if (std::isnan(p[0]) && std::isnan(p[1]) && std::isnan(p[2])) return true;
  for (const double v : p) {
    cloud.xyz.push_back(narrowed(v));
    if (std::isnan(cloud.xyz.back())) return false;
  }
  return true;
}

void read_ascii(const std::string& file, const pcd::Header& header, PointCloud& cloud) {
  ShapeLines lines(file, header.body, header.lines);
  if (2 * header.points * header.columns > header.body.size() + 1) {
    fail("{}: expected {} points of {} numbers after the header, got {} bytes; is it whole?", file,
         header.points, header.columns, header.body.size());
  }
  for (uint64_t i = 0; i < header.points; ++i) {
    if (!lines.next()) lines.error("expected {} points, the file ends after {}", header.points, i);
    Point p{};
    for (size_t column = 0; column < header.columns; ++column) {
      const std::string_view word = lines.word();
      double value = 0;
      if (!parse_number(word, value)) lines.expected("a number", word);
      for (size_t axis = 0; axis < 3; ++axis) {
        if (header.axes[axis].column == column) p[axis] = value;
      }
    }
    if (!lines.tail().empty()) lines.expected("the line's end", lines.tail());
    if (!add_point(cloud, p)) lines.error("expected finite coordinates, got {}, {}, {}", p[0], p[1], p[2]);
  }
  if (lines.next()) lines.expected(fmt::format("the end after {} points", header.points), lines.tail());
}

// Of a point: `start(axis)` bytes in, each point `step(axis)` further.
struct Layout {
  std::array<size_t, 3> start, step;
};

void read_points(const std::string& file, size_t offset, const pcd::Header& header, Bytes data,
                 const Layout& layout, PointCloud& cloud) {
  for (uint64_t i = 0; i < header.points; ++i) {
    Point p{};
    for (size_t axis = 0; axis < 3; ++axis) {
      p[axis] =
          scalar_at(header.axes[axis].type, data.data() + layout.start[axis] + i * layout.step[axis], false);
    }
    if (!add_point(cloud, p)) {
      fail("{}: data from byte {}: point {}: expected finite coordinates, got {}, {}, {}", file, offset, i,
           p[0], p[1], p[2]);
    }
  }
}

void read_binary(const FileBytes& file, const pcd::Header& header, PointCloud& cloud) {
  const uint64_t want = header.points * header.point_size;
  const size_t offset = file.size() - header.body.size();
  if (header.body.size() < want) {
    fail("{}: byte {}: expected {} points of {} bytes, got {} bytes; is it whole?", file.name(), offset,
         header.points, header.point_size, header.body.size());
  }
  Layout layout{};
  for (size_t axis = 0; axis < 3; ++axis) {
    layout.start[axis] = header.axes[axis].offset;
    layout.step[axis] = header.point_size;
  }
  cloud.xyz.reserve(header.points * 3);
  read_points(file.name(), offset, header, file.bytes().subspan(offset), layout, cloud);
}

// The data, field after field, of a compressed body: its two sizes, and LZF.
Buffer unpacked(const FileBytes& file, const pcd::Header& header) {
  const size_t offset = file.size() - header.body.size();
  const Bytes body = file.bytes().subspan(offset);
  std::array<uint32_t, 2> sizes{};
  if (body.size() >= sizeof sizes) std::memcpy(sizes.data(), body.data(), sizeof sizes);
  const uint64_t packed = sizes[0], size = sizes[1], want = header.points * header.point_size;
  if (body.size() < sizeof sizes || packed > body.size() - sizeof sizes || size != want ||
      size > packed * kMostLzfGrows) {
    fail("{}: byte {}: expected {} points of {} bytes, compressed, got {} bytes said to become {}",
         file.name(), offset, header.points, header.point_size, body.size(), size);
  }
  Buffer data(size);
  if (!unpack_lzf(body.subspan(sizeof sizes, packed), {data.data(), size})) {
    fail("{}: byte {}: the compressed data are damaged", file.name(), offset + sizeof sizes);
  }
  return data;
}

void read_compressed(const FileBytes& file, const pcd::Header& header, PointCloud& cloud) {
  const Buffer data = unpacked(file, header);
  Layout layout{};
  for (size_t axis = 0; axis < 3; ++axis) {
    layout.start[axis] = header.axes[axis].offset * header.points;
    layout.step[axis] = size_of(header.axes[axis].type);
  }
  cloud.xyz.reserve(header.points * 3);
  read_points(file.name(), file.size() - header.body.size(), header, {data.data(), data.size()}, layout,
              cloud);
}

}  // namespace

PointCloud read_pcd(const FileBytes& file) {
  const pcd::Header header = pcd::parse_header(file);
  PointCloud cloud;
  switch (header.encoding) {
    case pcd::Encoding::ascii:
      read_ascii(file.name(), header, cloud);
      break;
    case pcd::Encoding::binary:
      read_binary(file, header, cloud);
      break;
    case pcd::Encoding::compressed:
      read_compressed(file, header, cloud);
      break;
  }
  if (cloud.xyz.empty())
    fail("{}: expected points, got {} that are marked as missing", file.name(), header.points);
  return cloud;
}

}  // namespace ax
