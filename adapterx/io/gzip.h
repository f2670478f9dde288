// gzip files (RFC 1952) by zlib, read from front to back: one member or several, checked by their CRC.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace ax {

constexpr size_t kMostDeflateShrinks = 1032;  // bytes that one byte of deflated data can become

bool is_gzip(std::span<const std::byte> bytes);  // by the first two bytes

class GzipReader {
 public:
  // The bytes must stay; the name is for errors.
  GzipReader(std::string name, std::span<const std::byte> bytes);
  ~GzipReader();
  GzipReader(const GzipReader&) = delete;
  GzipReader& operator=(const GzipReader&) = delete;

  // Fills `out` as far as the data go; returns the bytes written. Throws Error where the data are damaged or
  // end within a member.
  size_t read(std::span<std::byte> out);

 private:
  struct Stream;
  std::string name_;
  std::span<const std::byte> rest_;
  std::unique_ptr<Stream> stream_;
  bool ended_ = false;
};

}  // namespace ax
