#include <zlib.h>

#include <algorithm>
#include <limits>

#include "adapterx/base/error.h"
#include "adapterx/io/zip.h"
#include "adapterx/io/zip_records.h"

namespace ax {
namespace {

constexpr uint64_t kAlignment = 64;
constexpr uint16_t kAlignmentExtra = 0xd935;  // of Android's zipalign: the alignment, then padding
constexpr uint64_t kAlignmentExtraSize = 6;
constexpr uint16_t kVersion = 20, kVersion64 = 45;
constexpr uint16_t kTime = 0, kDate = 1u << 5 | 1u;  // the first of January 1980: equal data, equal files

template <class T>
void put(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

uint32_t clipped(uint64_t value) { return static_cast<uint32_t>(std::min<uint64_t>(value, zip::kIn64)); }
bool is_large(uint64_t value) { return value >= zip::kIn64; }

std::string zip64_extra(std::initializer_list<uint64_t> values) {
  std::string extra;
  put(extra, zip::kZip64Extra);
  put(extra, static_cast<uint16_t>(values.size() * sizeof(uint64_t)));
  for (const uint64_t value : values) put(extra, value);
  return extra;
}

// What local and central headers have in common, from the version to the sizes of name and extra field.
void put_common(std::string& out, const zip::StoredEntry& e, bool large, size_t extra_size) {
  const bool ascii = std::ranges::all_of(e.name, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  put(out, large ? kVersion64 : kVersion);
  put(out, static_cast<uint16_t>(ascii ? 0 : zip::kUtf8));
  put(out, zip::kStored);
  put(out, kTime);
  put(out, kDate);
  put(out, e.crc);
  put(out, clipped(e.size));  // packed
  put(out, clipped(e.size));
  put(out, static_cast<uint16_t>(e.name.size()));
  put(out, static_cast<uint16_t>(extra_size));
}

uint32_t crc_of(std::span<const std::byte> head, std::span<const std::byte> data) {
  const auto add = [](uLong crc, std::span<const std::byte> bytes) {
    return bytes.empty() ? crc : crc32_z(crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  };
  return static_cast<uint32_t>(add(add(0, head), data));
}

}  // namespace

std::string zip::local_record(const StoredEntry& e) {
  std::string extra = is_large(e.size) ? zip64_extra({e.size, e.size}) : "";
  const uint64_t end = e.offset + kLocalSize + e.name.size() + extra.size() + kAlignmentExtraSize;
  const uint64_t padding = (kAlignment - end % kAlignment) % kAlignment;
  put(extra, kAlignmentExtra);
  put(extra, static_cast<uint16_t>(sizeof(uint16_t) + padding));
  put(extra, static_cast<uint16_t>(kAlignment));
  extra.append(padding, '\0');

  std::string out;
  put(out, kLocalSignature);
  put_common(out, e, is_large(e.size), extra.size());
  return out.append(e.name).append(extra);
}

std::string zip::central_record(const StoredEntry& e) {
  std::string extra;
  if (is_large(e.size) && is_large(e.offset)) extra = zip64_extra({e.size, e.size, e.offset});
  if (is_large(e.size) && !is_large(e.offset)) extra = zip64_extra({e.size, e.size});
  if (!is_large(e.size) && is_large(e.offset)) extra = zip64_extra({e.offset});
  const bool large = !extra.empty();

  std::string out;
  put(out, kCentralSignature);
  put(out, large ? kVersion64 : kVersion);  // made by
  put_common(out, e, large, extra.size());
  put(out, uint16_t{0});  // comment
  put(out, uint16_t{0});  // disk
  put(out, uint16_t{0});  // internal attributes
  put(out, uint32_t{0});  // external attributes
  put(out, clipped(e.offset));
  return out.append(e.name).append(extra);
}

std::string zip::end_records(uint64_t entries, uint64_t directory_offset, uint64_t directory_size) {
  std::string out;
  if (entries >= kIn64Short || is_large(directory_offset) || is_large(directory_size)) {
    put(out, kEnd64Signature);
    put(out, uint64_t{kEnd64Size - 12});  // of what follows
    put(out, kVersion64);                 // made by
    put(out, kVersion64);
    put(out, uint32_t{0});  // disk
    put(out, uint32_t{0});  // disk of the directory
    for (const uint64_t value : {entries, entries, directory_size, directory_offset}) put(out, value);
    put(out, kLocator64Signature);
    put(out, uint32_t{0});  // disk of the end record
    put(out, directory_offset + directory_size);
    put(out, uint32_t{1});  // disks
  }
  const auto count = static_cast<uint16_t>(std::min<uint64_t>(entries, kIn64Short));
  put(out, kEndSignature);
  put(out, uint16_t{0});  // disk
  put(out, uint16_t{0});  // disk of the directory
  put(out, count);
  put(out, count);
  put(out, clipped(directory_size));
  put(out, clipped(directory_offset));
  put(out, uint16_t{0});  // comment
  return out;
}

void ZipWriter::add(std::string_view name, std::span<const std::byte> head, std::span<const std::byte> data) {
  if (name.size() > std::numeric_limits<uint16_t>::max()) {
    fail("{}: expected a name of at most 65535 bytes, got {}", path_, name.size());
  }
  const zip::StoredEntry entry{name, crc_of(head, data), head.size() + data.size(), offset_};
  const std::string local = zip::local_record(entry);
  file_.write(local.data(), local.size());
  file_.write(head.data(), head.size());
  file_.write(data.data(), data.size());
  directory_ += zip::central_record(entry);
  offset_ += local.size() + entry.size;
  ++entries_;
}

void ZipWriter::commit() {
  const std::string end = zip::end_records(entries_, offset_, directory_.size());
  file_.write(directory_.data(), directory_.size());
  file_.write(end.data(), end.size());
  file_.commit();
}

}  // namespace ax
