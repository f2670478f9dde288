#include "adapterx/io/zip.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "adapterx/base/error.h"
#include "adapterx/io/zip_records.h"

namespace ax {
namespace {

using Bytes = std::span<const std::byte>;

// The highest ratio of deflate: 258 bytes by a length code and a distance code of one bit each.
constexpr uint64_t kMaxRatio = 1032;

template <class T>
T load(Bytes bytes, size_t offset) {
  T value;
  std::memcpy(&value, bytes.subspan(offset, sizeof value).data(), sizeof value);
  return value;
}

// `size` bytes at `offset`, which a file can make anything.
Bytes part(const std::string& where, std::string_view what, Bytes bytes, uint64_t offset, uint64_t size) {
  if (offset > bytes.size() || size > bytes.size() - offset) {
    fail("{}: {}: expected {} bytes at {}, got a file of {}; is it whole?", where, what, size, offset,
         bytes.size());
  }
  return bytes.subspan(offset, size);
}

// As `part`, and the record there begins with `signature`.
Bytes record(const std::string& where, std::string_view what, Bytes bytes, uint64_t offset, uint64_t size,
             uint32_t signature) {
  const Bytes found = part(where, what, bytes, offset, size);
  if (load<uint32_t>(found, 0) != signature) {
    fail("{}: {}: expected signature {:08x} at {}, got {:08x}", where, what, signature, offset,
         load<uint32_t>(found, 0));
  }
  return found;
}

// Where the end record is: its comment, of up to 64 KB, ends the file.
size_t find_end(const FileBytes& file) {
  const Bytes bytes = file.bytes();
  for (size_t comment = 0; comment <= 0xffff && zip::kEndSize + comment <= bytes.size(); ++comment) {
    const size_t at = bytes.size() - zip::kEndSize - comment;
    if (load<uint32_t>(bytes, at) == zip::kEndSignature && load<uint16_t>(bytes, at + 20) == comment)
      return at;
  }
  fail("{}: expected a zip archive, got none of its end record; is the file whole?", file.name());
}

struct Directory {
  uint64_t entries = 0, size = 0, offset = 0;
  uint64_t limit = 0;  // it ends here, at the latest
};

void check_disks(const std::string& where, uint32_t disk, uint32_t start, uint64_t here, uint64_t entries) {
  if (disk != 0 || start != 0 || here != entries) {
    fail("{}: expected an archive of one disk, got disk {}, start {}, {} of {} entries", where, disk, start,
         here, entries);
  }
}

Directory find_directory64(const FileBytes& file, size_t locator_at) {
  const Bytes locator = file.bytes().subspan(locator_at, zip::kLocator64Size);
  const auto at = load<uint64_t>(locator, 8);
  const Bytes end = record(file.name(), "zip64 end record", file.bytes().first(locator_at), at,
                           zip::kEnd64Size, zip::kEnd64Signature);
  const Directory found{load<uint64_t>(end, 32), load<uint64_t>(end, 40), load<uint64_t>(end, 48), at};
  check_disks(file.name(), load<uint32_t>(end, 16), load<uint32_t>(end, 20), load<uint64_t>(end, 24),
              found.entries);
  return found;
}

Directory find_directory(const FileBytes& file) {
  const size_t at = find_end(file);
  const Bytes end = file.bytes().subspan(at, zip::kEndSize);
  const Directory found{load<uint16_t>(end, 10), load<uint32_t>(end, 12), load<uint32_t>(end, 16), at};
  const bool large =
      found.entries == zip::kIn64Short || found.size == zip::kIn64 || found.offset == zip::kIn64;
  if (large && at >= zip::kLocator64Size &&
      load<uint32_t>(file.bytes(), at - zip::kLocator64Size) == zip::kLocator64Signature) {
    return find_directory64(file, at - zip::kLocator64Size);
  }
  check_disks(file.name(), load<uint16_t>(end, 4), load<uint16_t>(end, 6), load<uint16_t>(end, 8),
              found.entries);
  return found;
}

// An entry as the central directory has it.
struct Central {
  std::string name, where;  // `where`: file and name, for errors
  uint16_t flags = 0, method = 0;
  uint32_t crc = 0;
  uint64_t packed = 0, size = 0, offset = 0;
};

// The zip64 extra field has, in this order, those of the three that did not fit.
void read_zip64(Central& e, Bytes extra) {
  while (extra.size() >= 4) {
    const auto id = load<uint16_t>(extra, 0), size = load<uint16_t>(extra, 2);
    Bytes field = part(e.where, "extra field", extra, 4, size);
    extra = extra.subspan(4 + field.size());
    if (id != zip::kZip64Extra) continue;
    for (uint64_t* value : {&e.size, &e.packed, &e.offset}) {
      if (*value != zip::kIn64) continue;
      *value = load<uint64_t>(part(e.where, "zip64 extra field", field, 0, 8), 0);
      field = field.subspan(8);
    }
    return;
  }
}

// Reads the record at the front of `directory` and takes it off.
Central take_central(const std::string& file, Bytes& directory) {
  const Bytes r = record(file, "central directory", directory, 0, zip::kCentralSize, zip::kCentralSignature);
  const auto name = load<uint16_t>(r, 28), extra = load<uint16_t>(r, 30), comment = load<uint16_t>(r, 32);
  const Bytes tail = part(file, "central directory", directory, r.size(), size_t{name} + extra + comment);
  Central e;
  e.name.assign(reinterpret_cast<const char*>(tail.data()), name);
  e.where = file + ": " + e.name;
  e.flags = load<uint16_t>(r, 8);
  e.method = load<uint16_t>(r, 10);
  e.crc = load<uint32_t>(r, 16);
  e.packed = load<uint32_t>(r, 20);
  e.size = load<uint32_t>(r, 24);
  e.offset = load<uint32_t>(r, 42);
  read_zip64(e, tail.subspan(name, extra));
  directory = directory.subspan(r.size() + tail.size());
  return e;
}

void check_supported(const Central& e) {
  if (e.flags & zip::kEncrypted)
    fail("{}: expected an entry without encryption, got flags {:#x}", e.where, e.flags);
  if (e.method != zip::kStored && e.method != zip::kDeflated) {
    fail("{}: expected an entry stored or deflated, got method {}", e.where, e.method);
  }
  const bool possible = e.method == zip::kStored ? e.size == e.packed : e.size / kMaxRatio <= e.packed;
  if (!possible) {
    fail("{}: expected a size that {} {} bytes can hold, got {}", e.where, e.packed,
         e.method == zip::kStored ? "stored" : "deflated", e.size);
  }
}

// The entry with its own header, which the central directory must not contradict: [offset, end of its data).
Bytes local_extent(const Central& e, Bytes entries) {
  const Bytes r = record(e.where, "local header", entries, e.offset, zip::kLocalSize, zip::kLocalSignature);
  const auto name_size = load<uint16_t>(r, 26), extra_size = load<uint16_t>(r, 28);
  const Bytes name = part(e.where, "local header", entries, e.offset + r.size(), name_size);
  const bool same_name = std::ranges::equal(name, std::as_bytes(std::span(e.name)));
  const auto agrees = [](uint32_t here, uint64_t want) { return here == want || here == zip::kIn64; };
  const bool same_sizes = (load<uint16_t>(r, 6) & zip::kSizesFollow) != 0 ||
                          (agrees(load<uint32_t>(r, 18), e.packed) && agrees(load<uint32_t>(r, 22), e.size));
  if (!same_name || !same_sizes || load<uint16_t>(r, 8) != e.method) {
    fail("{}: expected a local header as the central directory has it, got another {}", e.where,
         !same_name   ? "name"
         : same_sizes ? "method"
                      : "size");
  }
  const uint64_t head = r.size() + name.size() + extra_size;
  const Bytes data = part(e.where, "data", entries.subspan(e.offset), head, e.packed);
  return entries.subspan(e.offset, head + data.size());
}

void check_disjoint(const std::string& file, std::vector<Bytes> extents) {
  std::ranges::sort(extents, {}, [](Bytes b) { return b.data(); });
  for (size_t i = 1; i < extents.size(); ++i) {
    if (extents[i].data() < extents[i - 1].data() + extents[i - 1].size()) {
      fail("{}: expected entries apart from each other, got entries that overlap", file);
    }
  }
}

}  // namespace

std::vector<ZipEntry> read_zip_directory(const FileBytes& file) {
  const Directory found = find_directory(file);
  Bytes directory =
      part(file.name(), "central directory", file.bytes().first(found.limit), found.offset, found.size);
  const Bytes before = file.bytes().first(found.offset);

  std::vector<ZipEntry> entries;
  std::vector<Bytes> extents;
  std::set<std::string> names;
  for (uint64_t i = 0; i < found.entries; ++i) {
    Central e = take_central(file.name(), directory);
    check_supported(e);
    extents.push_back(local_extent(e, before));
    if (!names.insert(e.name).second) fail("{}: expected unique names, got the name twice", e.where);
    if (e.name.ends_with('/')) continue;
    entries.push_back(
        {std::move(e.name), e.method == zip::kDeflated, e.crc, e.size, extents.back().last(e.packed)});
  }
  if (!directory.empty()) {
    fail("{}: central directory: expected {} entries, got {} bytes more", file.name(), found.entries,
         directory.size());
  }
  check_disjoint(file.name(), std::move(extents));
  return entries;
}

}  // namespace ax
