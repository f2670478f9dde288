#include "adapterx/io/shapes/pcd_header.h"

#include <algorithm>
#include <optional>

#include "adapterx/io/shapes/mesh_builder.h"
#include "adapterx/io/shapes/shape_lines.h"

namespace ax {
namespace {

constexpr size_t kMaxFields = 256;
constexpr int64_t kMaxCount = 1 << 16;  // numbers of a field: descriptors have hundreds

std::optional<FileDType> type_of(char kind, size_t size) {
  constexpr FileDType kSigned[] = {FileDType::i8, FileDType::i16, FileDType::i32, FileDType::i64};
  constexpr FileDType kUnsigned[] = {FileDType::u8, FileDType::u16, FileDType::u32, FileDType::u64};
  constexpr size_t kSizes[] = {1, 2, 4, 8};
  const auto place = std::ranges::find(kSizes, size) - std::begin(kSizes);
  if (place == 4) return std::nullopt;
  if (kind == 'I') return kSigned[place];
  if (kind == 'U') return kUnsigned[place];
  if (kind != 'F' || size < 4) return std::nullopt;
  return size == 4 ? FileDType::f32 : FileDType::f64;
}

// What the lines say, not yet put together.
struct Said {
  std::vector<std::string_view> names, types;
  std::vector<int64_t> sizes, counts;
  std::optional<int64_t> width, height, points;
};

std::vector<std::string_view> words(ShapeLines& lines) {
  std::vector<std::string_view> all;
  while (!lines.tail().empty() && all.size() <= kMaxFields) all.push_back(lines.word());
  if (all.size() > kMaxFields) lines.error("expected at most {} fields", kMaxFields);
  return all;
}

std::vector<int64_t> integers(ShapeLines& lines, std::string_view what, int64_t most) {
  std::vector<int64_t> all;
  while (!lines.tail().empty() && all.size() < kMaxFields) all.push_back(lines.integer(what, 1, most));
  return all;
}

pcd::Encoding next_encoding(ShapeLines& lines) {
  const std::string_view word = lines.word();
  if (word == "ascii") return pcd::Encoding::ascii;
  if (word == "binary") return pcd::Encoding::binary;
  if (word == "binary_compressed") return pcd::Encoding::compressed;
  lines.expected("ascii, binary or binary_compressed", word);
}

// True after DATA, which is last.
bool read_line(ShapeLines& lines, Said& said, pcd::Header& header) {
  const std::string_view key = lines.word();
  if (key == "FIELDS" || key == "COLUMNS") {
    said.names = words(lines);
  } else if (key == "TYPE") {
    said.types = words(lines);
  } else if (key == "SIZE") {
    said.sizes = integers(lines, "a size", 8);
  } else if (key == "COUNT") {
    said.counts = integers(lines, "a count", kMaxCount);
  } else if (key == "WIDTH") {
    said.width = lines.integer("a width", 0, kMaxVertices);
  } else if (key == "HEIGHT") {
    said.height = lines.integer("a height", 0, kMaxVertices);
  } else if (key == "POINTS") {
    said.points = lines.integer("a count of points", 0, kMaxVertices);
  } else if (key == "DATA") {
    header.encoding = next_encoding(lines);
  } else if (key != "VERSION" && key != "VIEWPOINT") {
    lines.expected("a keyword of PCD's header", key);
  }
  return key == "DATA";
}

void lay_out(const std::string& file, Said& said, pcd::Header& header) {
  if (said.counts.empty()) said.counts.assign(said.names.size(), 1);
  const size_t n = said.names.size();
  if (n == 0 || said.types.size() != n || said.sizes.size() != n || said.counts.size() != n) {
    fail("{}: header: expected as many TYPE, SIZE and COUNT as FIELDS ({}), got {}, {} and {}", file, n,
         said.types.size(), said.sizes.size(), said.counts.size());
  }
  for (size_t i = 0; i < n; ++i) {
    const auto size = static_cast<size_t>(said.sizes[i]), count = static_cast<size_t>(said.counts[i]);
    const auto type = said.types[i].size() == 1 ? type_of(said.types[i][0], size) : std::nullopt;
    if (!type) fail("{}: header: expected F4, F8, I1 to I8 or U1 to U8, got {}{}", file, said.types[i], size);
    header.fields.push_back({said.names[i], *type, count, header.point_size, header.columns});
    header.point_size += size * count;
    header.columns += count;
  }
}

void find_axes(const std::string& file, pcd::Header& header) {
  constexpr std::string_view kNames[] = {"x", "y", "z"};
  for (size_t axis = 0; axis < 3; ++axis) {
    const auto found = std::ranges::find(header.fields, kNames[axis], &pcd::Field::name);
    if (found == header.fields.end() || found->count != 1) {
      fail("{}: header: expected a field {} of one number, got {}", file, kNames[axis],
           found == header.fields.end() ? "none" : "more");
    }
    header.axes[axis] = *found;
  }
}

uint64_t count_points(const std::string& file, const Said& said) {
  const int64_t area = said.width.value_or(0) * said.height.value_or(1);
  const int64_t points = said.points.value_or(area);
  if (points < 1 || points > kMaxVertices || (said.width && area != points)) {
    fail("{}: header: expected WIDTH times HEIGHT points, and one at least, got {} and {} points", file, area,
         points);
  }
  return static_cast<uint64_t>(points);
}

}  // namespace

pcd::Header pcd::parse_header(const FileBytes& file) {
  ShapeLines lines(file.name(), {reinterpret_cast<const char*>(file.bytes().data()), file.size()});
  Header header;
  Said said;
  bool ended = false;
  while (!ended && lines.next()) ended = read_line(lines, said, header);
  if (!ended) {
    fail("{}: expected a PCD header up to its line DATA, the file ends in line {}", file.name(),
         lines.number());
  }
  lay_out(file.name(), said, header);
  find_axes(file.name(), header);
  header.points = count_points(file.name(), said);
  header.body = lines.rest();
  header.lines = lines.number();
  return header;
}

}  // namespace ax
