#include <stdexcept>

#include "adapterx/base/error.h"
#include "adapterx/io/zip.h"
#include "fuzz/targets.h"

namespace ax {
namespace {

constexpr uint64_t kLimit = 1 << 20;  // bytes of an entry

void unpack_and_use(const ZipEntry& entry) {
  try {
    const Buffer buffer = unpack("fuzz", entry, kLimit);
    if (buffer.size() != entry.size || entry.size > kLimit)
      throw std::logic_error("unpacked to another size");
    fuzz::use({buffer.data(), buffer.size()});
  } catch (const Error&) {  // the directory may be sound where an entry is not
  }
}

}  // namespace

bool fuzz::zip(Bytes bytes) {
  try {
    for (const ZipEntry& entry : read_zip_directory(FileBytes::borrow("fuzz", bytes))) {
      use(entry.data);
      unpack_and_use(entry);
    }
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace ax
