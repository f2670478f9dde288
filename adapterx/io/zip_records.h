// The records of a zip archive (APPNOTE 6.3, section 4.3), shared by reader and writer. Internal to zip.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ax::zip {

inline constexpr uint32_t kLocalSignature = 0x04034b50;
inline constexpr uint32_t kCentralSignature = 0x02014b50;
inline constexpr uint32_t kEndSignature = 0x06054b50;
inline constexpr uint32_t kEnd64Signature = 0x06064b50;
inline constexpr uint32_t kLocator64Signature = 0x07064b50;

// Sizes without names, extra fields and comments.
inline constexpr size_t kLocalSize = 30, kCentralSize = 46, kEndSize = 22, kEnd64Size = 56,
                        kLocator64Size = 20;

inline constexpr uint16_t kStored = 0, kDeflated = 8;
inline constexpr uint16_t kEncrypted = 1u << 0 | 1u << 6 | 1u << 13;  // flags: of data, strong, of directory
inline constexpr uint16_t kSizesFollow = 1u << 3;                     // flag: a data descriptor has them
inline constexpr uint16_t kUtf8 = 1u << 11;                           // flag: of the name

inline constexpr uint16_t kZip64Extra = 1;
// A value that says: look into the zip64 extra field, or the zip64 end record.
inline constexpr uint16_t kIn64Short = 0xffff;
inline constexpr uint32_t kIn64 = 0xffffffff;

// A stored entry, as the writer describes it.
struct StoredEntry {
  std::string_view name;
  uint32_t crc = 0;
  uint64_t size = 0;
  uint64_t offset = 0;  // of the local header
};

// The header before the entry's data, with an extra field that aligns them to 64 bytes in the file.
std::string local_record(const StoredEntry& entry);
std::string central_record(const StoredEntry& entry);
// What follows the central directory: the end record, before it those of zip64 where needed.
std::string end_records(uint64_t entries, uint64_t directory_offset, uint64_t directory_size);

}  // namespace ax::zip
