#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/io/zip.h"

namespace ax {
namespace {

constexpr size_t kFirst = 4096;  // bytes allotted to an entry, and four times what it has deflated

class Inflater {
 public:
  explicit Inflater(const std::string& where) {
    if (inflateInit2(&stream_, -MAX_WBITS) != Z_OK) fail("{}: out of memory", where);
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Moves both spans past what was read and written. Z_OK where it needs more of either.
  int run(std::span<const std::byte>& in, std::span<std::byte>& out) {
    constexpr size_t kMost = std::numeric_limits<uInt>::max();
    const auto in_size = static_cast<uInt>(std::min(in.size(), kMost));
    const auto out_size = static_cast<uInt>(std::min(out.size(), kMost));
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(in.data()));
    stream_.avail_in = in_size;
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = out_size;
    const int status = inflate(&stream_, Z_NO_FLUSH);
    in = in.subspan(in_size - stream_.avail_in);
    out = out.subspan(out_size - stream_.avail_out);
    return status;
  }

 private:
  z_stream stream_{};
};

// Of size entry.size if the data hold so many bytes; it grows by doubling, so that a lying size costs
// nothing.
Buffer inflated(const std::string& where, const ZipEntry& entry) {
  Inflater inflater(where);
  std::span<const std::byte> in = entry.data;
  Buffer buffer(std::min<uint64_t>(entry.size, kFirst + 4 * in.size()));
  std::byte spare{};  // room for the end of the stream, where the buffer is full
  size_t done = 0;
  for (;;) {
    const bool full = done == entry.size;
    std::span<std::byte> out =
        full ? std::span(&spare, 1) : std::span(buffer.data(), buffer.size()).subspan(done);
    const size_t room = out.size();
    const int status = inflater.run(in, out);
    if (full && out.size() != room) fail("{}: expected {} bytes unpacked, got more", where, entry.size);
    if (!full) done += room - out.size();
    if (status == Z_STREAM_END) break;
    if (status != Z_OK) {
      fail("{}: expected deflated data, got an error after {} bytes unpacked", where, done);
    }
    if (done == buffer.size() && done < entry.size) {
      Buffer larger(std::min<uint64_t>(entry.size, 2 * uint64_t{done}));
      std::memcpy(larger.data(), buffer.data(), done);
      buffer = std::move(larger);
    }
  }
  if (done != entry.size || !in.empty()) {
    fail("{}: expected {} bytes unpacked from {}, got {} from {}", where, entry.size, entry.data.size(), done,
         entry.data.size() - in.size());
  }
  return buffer;
}

}  // namespace

Buffer unpack(const std::string& where, const ZipEntry& entry, uint64_t limit) {
  const std::string place = where + ": " + entry.name;
  if (entry.size > limit) {
    fail("{}: expected at most {} bytes unpacked, got {}", place, limit, entry.size);
  }
  Buffer buffer;
  if (entry.deflated) {
    buffer = inflated(place, entry);
  } else {
    if (entry.data.size() != entry.size) {
      fail("{}: expected {} bytes stored, got {}", place, entry.size, entry.data.size());
    }
    buffer = Buffer(entry.size);
    if (entry.size > 0) std::memcpy(buffer.data(), entry.data.data(), entry.size);
  }
  const auto crc = static_cast<uint32_t>(crc32_z(0, buffer.as<Bytef>(), buffer.size()));
  if (crc != entry.crc)
    fail("{}: expected CRC {:08x}, got {:08x}; the file is damaged", place, entry.crc, crc);
  return buffer;
}

}  // namespace ax
