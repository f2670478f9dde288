// Zip archives (PKWARE APPNOTE 6.3), as PyTorch and NumPy write them: stored or deflated entries, zip64.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/base/buffer.h"
#include "adapterx/io/atomic_file.h"
#include "adapterx/io/file_bytes.h"

namespace ax {

struct ZipEntry {
  std::string name;
  bool deflated = false;
  uint32_t crc = 0;
  uint64_t size = 0;                // bytes when unpacked
  std::span<const std::byte> data;  // a view of the file: stored or deflated
};

// The entries of an archive, in the order of its central directory; folders are left out. Offsets count from
// the file's beginning: an archive with a program put before it is refused. Throws Error naming the file and
// the entry where the directory is damaged, differs from the entries' own headers, passes the file's end, has
// names twice, entries that overlap or sizes that deflate cannot reach, or asks for what is not supported:
// encryption, other methods, several disks.
std::vector<ZipEntry> read_zip_directory(const FileBytes& file);

// The entry unpacked (deflated) or copied (stored), its size and CRC checked. Memory grows with what the data
// really hold. Throws Error naming `where` and the entry, also where it is larger than `limit` bytes.
Buffer unpack(const std::string& where, const ZipEntry& entry, uint64_t limit);

// Writes an archive of stored entries, atomically; the data of the entries are aligned to 64 bytes in the
// file, so that they are in a mapping. Zip64 where an entry, the archive or their number needs it.
class ZipWriter {
 public:
  explicit ZipWriter(const std::filesystem::path& path) : file_(path), path_(path.string()) {}
  // An entry of `head`, then `data`. The name must be a new one, in UTF-8. Throws Error naming the file where
  // the name is too long for the format or the write fails.
  void add(std::string_view name, std::span<const std::byte> head, std::span<const std::byte> data);
  void commit();

 private:
  AtomicFile file_;
  std::string path_;
  uint64_t offset_ = 0;    // where the next entry begins
  std::string directory_;  // the central directory of the entries so far
  uint64_t entries_ = 0;
};

}  // namespace ax
