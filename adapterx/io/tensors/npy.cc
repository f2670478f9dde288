#include "adapterx/io/tensors/npy.h"

#include <algorithm>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/io/tensors/npy_array.h"
#include "adapterx/io/tensors/npy_header.h"
#include "adapterx/io/zip.h"

namespace ax {
namespace {

constexpr std::string_view kSuffix = ".npy";
constexpr uint64_t kUnpacked = 64 << 20, kUnpackedRatio = 200;  // bytes; times the file's size

std::string array_name(const std::string& file, const std::string& entry) {
  if (!entry.ends_with(kSuffix)) fail("{}: expected entries named *{}, got {}", file, kSuffix, entry);
  return entry.substr(0, entry.size() - kSuffix.size());
}

}  // namespace

TensorFile read_npy(const FileBytes& file) {
  npy::Arrays arrays;
  npy::add_array(arrays, file.name(), "arr_0", file.bytes());
  return TensorFile(file, "npy", std::move(arrays.tensors), std::move(arrays.metadata));
}

TensorFile read_npz(const FileBytes& file) {
  npy::Arrays arrays;
  std::vector<Buffer> owned;
  uint64_t room = std::max<uint64_t>(kUnpacked, kUnpackedRatio * file.size());
  for (const ZipEntry& entry : read_zip_directory(file)) {
    const std::string name = array_name(file.name(), entry.name);
    std::span<const std::byte> bytes = entry.data;
    if (entry.deflated) {
      owned.push_back(unpack(file.name(), entry, room));
      bytes = {owned.back().data(), owned.back().size()};
      room -= bytes.size();
    }
    npy::add_array(arrays, file.name(), name, bytes);
    if (entry.deflated && !arrays.tensors.contains(name)) owned.pop_back();  // texts were copied
  }
  return TensorFile(file, "npz", std::move(arrays.tensors), std::move(arrays.metadata), std::move(owned));
}

std::vector<std::string> read_npz_texts(const FileBytes& file, std::string_view name) {
  const uint64_t room = std::max<uint64_t>(kUnpacked, kUnpackedRatio * file.size());
  std::vector<std::string> names;
  for (const ZipEntry& entry : read_zip_directory(file)) {
    names.push_back(array_name(file.name(), entry.name));
    if (names.back() != name) continue;
    const std::string where = fmt::format("{}: {}", file.name(), name);
    if (!entry.deflated) return npy::read_texts(where, entry.data);
    const Buffer bytes = unpack(file.name(), entry, room);
    return npy::read_texts(where, {bytes.data(), bytes.size()});
  }
  fail("{}: {}: expected an array of this name, got {}{}", file.name(), name, fmt::join(names, ", "),
       did_you_mean(name, names));
}

void write_npz(const std::filesystem::path& path, const TensorMap& tensors) {
  ZipWriter out(path);
  for (const auto& [name, tensor] : tensors) {
    const std::string where = path.string() + ": " + name;
    const bool fortran_order = !tensor.strides.empty();
    const size_t bytes = static_cast<size_t>(tensor.shape.size()) * size_of(tensor.dtype);
    if (tensor.data.size() != bytes ||
        (fortran_order && tensor.strides != npy::fortran_strides(tensor.shape))) {
      fail("{}: expected {} bytes of {} {} in C or Fortran order, got {} or other strides", where, bytes,
           to_string(tensor.dtype), to_string(tensor.shape), tensor.data.size());
    }
    const std::string head = npy::header_text(where, tensor.dtype, tensor.shape, fortran_order);
    out.add(name + std::string(kSuffix), std::as_bytes(std::span(head)), tensor.data);
  }
  out.commit();
}

}  // namespace ax
