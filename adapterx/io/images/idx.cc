#include "adapterx/io/images/idx.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/io/gzip.h"

namespace ax {
namespace {

using Bytes = std::span<const std::byte>;

constexpr size_t kMaxRank = 4;
constexpr unsigned kUnsignedByte = 8;

size_t rank_of(const std::string& name, Bytes start) {
  const auto at = [&](size_t i) { return static_cast<unsigned>(start[i]); };
  if (at(0) != 0 || at(1) != 0) {
    fail("{}: expected an IDX file (bytes 00 00 first), got {:02x} {:02x}", name, at(0), at(1));
  }
  if (at(2) != kUnsignedByte)
    fail("{}: IDX: expected values of type 08 (unsigned bytes), got {:02x}", name, at(2));
  if (at(3) < 1 || at(3) > kMaxRank)
    fail("{}: IDX: expected 1 to {} dimensions, got {}", name, kMaxRank, at(3));
  return at(3);
}

std::vector<int64_t> shape_of(Bytes sizes) {
  std::vector<int64_t> shape;
  for (size_t i = 0; i < sizes.size(); i += 4) {
    int64_t n = 0;
    for (const std::byte b : sizes.subspan(i, 4)) n = n << 8 | static_cast<int64_t>(b);
    shape.push_back(n);
  }
  return shape;
}

// The values that the shape asks for; throws where there are more than `most`.
size_t count_of(const std::string& name, const std::vector<int64_t>& shape, size_t most) {
  size_t count = 1;
  for (const int64_t n : shape) {
    const auto size = static_cast<size_t>(n);
    if (size == 0) return 0;
    if (count > most / size) {
      fail("{}: IDX: expected the {} values of its header, got a file of at most {}; it ends early or lies",
           name, fmt::join(shape, " x "), most);
    }
    count *= size;
  }
  return count;
}

[[noreturn]] void fail_size(const IdxArray& array, size_t want, std::string_view got) {
  fail("{}: IDX: expected {} values ({}), got {}", array.name, want, fmt::join(array.shape, " x "), got);
}

IdxArray read_plain(const FileBytes& file) {
  const Bytes bytes = file.bytes();
  if (bytes.size() < 4) fail("{}: expected an IDX file, got {} bytes", file.name(), bytes.size());
  const size_t header = 4 + 4 * rank_of(file.name(), bytes);
  if (bytes.size() < header) fail("{}: IDX: the file ends within its header", file.name());
  IdxArray array{file.name(), shape_of(bytes.subspan(4, header - 4)), {}, nullptr};
  const Bytes data = bytes.subspan(header);
  const size_t count = count_of(array.name, array.shape, data.size());
  if (data.size() != count) fail_size(array, count, fmt::format("{}", data.size()));
  array.values = {reinterpret_cast<const uint8_t*>(data.data()), data.size()};
  array.owner = std::make_shared<FileBytes>(file);
  return array;
}

IdxArray read_gzipped(const FileBytes& file) {
  GzipReader in(file.name(), file.bytes());
  std::array<std::byte, 4 + 4 * kMaxRank> header{};
  if (in.read(std::span(header).first(4)) < 4)
    fail("{}: expected an IDX file, got less than 4 bytes", file.name());
  const std::span<std::byte> sizes = std::span(header).subspan(4, 4 * rank_of(file.name(), header));
  if (in.read(sizes) < sizes.size()) fail("{}: IDX: the file ends within its header", file.name());
  IdxArray array{file.name(), shape_of(sizes), {}, nullptr};
  const size_t most = std::min(file.size(), std::numeric_limits<size_t>::max() / kMostDeflateShrinks);
  const size_t count = count_of(array.name, array.shape, most * kMostDeflateShrinks);
  std::shared_ptr<std::byte[]> data(new (std::nothrow) std::byte[count]);
  if (!data) fail("{}: out of memory: {} MB", file.name(), count >> 20);
  const size_t got = in.read({data.get(), count});
  std::byte more{};
  if (got < count) fail_size(array, count, fmt::format("{}", got));
  if (in.read({&more, 1}) > 0) fail_size(array, count, "more");
  array.values = {reinterpret_cast<const uint8_t*>(data.get()), count};
  array.owner = std::move(data);
  return array;
}

}  // namespace

IdxArray read_idx(const FileBytes& file) {
  return is_gzip(file.bytes()) ? read_gzipped(file) : read_plain(file);
}

}  // namespace ax
