#include "adapterx/io/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "adapterx/base/error.h"

namespace ax {
namespace {

constexpr int kGzip = 16 + MAX_WBITS;  // zlib's window bits for a gzip header and trailer

uInt piece(size_t size) {
  return static_cast<uInt>(std::min<size_t>(size, std::numeric_limits<uInt>::max()));
}

}  // namespace

struct GzipReader::Stream {
  z_stream z{};
};

bool is_gzip(std::span<const std::byte> bytes) {
  return bytes.size() >= 2 && bytes[0] == std::byte{0x1f} && bytes[1] == std::byte{0x8b};
}

GzipReader::GzipReader(std::string name, std::span<const std::byte> bytes)
    : name_(std::move(name)), rest_(bytes), stream_(std::make_unique<Stream>()) {
  if (inflateInit2(&stream_->z, kGzip) != Z_OK) fail("{}: out of memory", name_);
}

GzipReader::~GzipReader() { inflateEnd(&stream_->z); }

size_t GzipReader::read(std::span<std::byte> out) {
  z_stream& z = stream_->z;
  size_t done = 0;
  while (done < out.size() && !(ended_ && rest_.empty())) {
    if (std::exchange(ended_, false)) inflateReset2(&z, kGzip);
    const uInt in = piece(rest_.size()), room = piece(out.size() - done);
    z.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(rest_.data()));
    z.avail_in = in;
    z.next_out = reinterpret_cast<Bytef*>(out.data() + done);
    z.avail_out = room;
    const int status = inflate(&z, Z_NO_FLUSH);
    rest_ = rest_.subspan(in - z.avail_in);
    done += room - z.avail_out;
    ended_ = status == Z_STREAM_END;
    if (status == Z_BUF_ERROR || (status == Z_OK && rest_.empty() && z.avail_out > 0)) {
      fail("{}: gzip: the file ends early", name_);
    }
    if (status != Z_OK && status != Z_STREAM_END) {
      fail("{}: gzip: {}; the file is damaged", name_, z.msg != nullptr ? z.msg : "no deflated data");
    }
  }
  return done;
}

}  // namespace ax
