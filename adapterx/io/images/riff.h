// The chunks of a RIFF file: a 4-letter id, a little-endian 32-bit size, the data, padded to an even size.
#pragma once

#include <cstdint>
#include <string_view>

namespace ax {

// for (RiffChunks chunks(text); chunks.next();) ... visits the chunks; ends at one that passes the text's
// end.
class RiffChunks {
 public:
  explicit RiffChunks(std::string_view text) : rest_(text) {}

  bool next() {
    if (rest_.size() < kHeader) return false;
    uint32_t size = 0;
    for (size_t i = 0; i < 4; ++i) size |= uint32_t{static_cast<uint8_t>(rest_[4 + i])} << (8 * i);
    if (size > rest_.size() - kHeader) return false;
    chunk_ = rest_.substr(0, kHeader + size);
    const size_t padded = chunk_.size() + size % 2;
    rest_.remove_prefix(padded < rest_.size() ? padded : rest_.size());
    return true;
  }

  std::string_view id() const { return chunk_.substr(0, 4); }
  std::string_view data() const { return chunk_.substr(kHeader); }
  std::string_view whole() const { return chunk_; }  // with id and size

 private:
  static constexpr size_t kHeader = 8;
  std::string_view rest_, chunk_;
};

}  // namespace ax
