// The zip format: <folder>/data.pkl, <folder>/data/<key>, <folder>/byteorder; in TorchScript also
// <folder>/constants.pkl and <folder>/code. The folder can have any name.
#include <algorithm>

#include "adapterx/base/error.h"
#include "adapterx/io/tensors/torch_globals.h"
#include "adapterx/io/tensors/torch_storage.h"
#include "adapterx/io/zip.h"

namespace ax::torch {
namespace {

// The entries of an archive, and what of them had to be unpacked.
class Archive {
 public:
  explicit Archive(const FileBytes& file)
      : file_(file.name()),
        entries_(read_zip_directory(file)),
        limit_(std::max<uint64_t>(uint64_t{64} << 20, 200 * uint64_t{file.size()})) {
    for (const ZipEntry& entry : entries_) by_name_.emplace(entry.name, &entry);
    folder_ = find_folder();
  }

  bool contains(std::string_view name) const { return by_name_.contains(folder_ + std::string(name)); }

  // The bytes of the entry of this name in the folder. Those of stored entries are not checked against their
  // CRC: that would read all of the file, and torch.save can leave it out.
  std::span<const std::byte> bytes(std::string_view name) {
    const auto found = by_name_.find(folder_ + std::string(name));
    if (found == by_name_.end()) fail("{}: expected an entry {}{}, got none", file_, folder_, name);
    const ZipEntry& entry = *found->second;
    if (!entry.deflated) return entry.data;
    owned_.push_back(unpack(file_, entry, limit_));
    limit_ -= std::min<uint64_t>(limit_, owned_.back().size());
    return {owned_.back().data(), owned_.back().size()};
  }

  std::vector<Buffer> take_owned() { return std::move(owned_); }

 private:
  // That of the uppermost data.pkl, with its slash.
  std::string find_folder() const {
    constexpr std::string_view kPickle = "data.pkl";
    std::string_view best;
    for (const ZipEntry& entry : entries_) {
      const std::string_view name = entry.name;
      if (name != kPickle && !name.ends_with("/data.pkl")) continue;
      if (best.empty() || std::ranges::count(name, '/') < std::ranges::count(best, '/')) best = name;
    }
    if (best.empty()) fail("{}: expected an entry <folder>/data.pkl, got none", file_);
    return std::string(best.substr(0, best.size() - kPickle.size()));
  }

  std::string file_;
  std::vector<ZipEntry> entries_;
  std::map<std::string_view, const ZipEntry*> by_name_;
  std::string folder_;
  uint64_t limit_;  // on what may still be unpacked
  std::vector<Buffer> owned_;
};

void check_byte_order(const std::string& file, Archive& archive) {
  if (!archive.contains("byteorder")) return;  // older files are of little-endian machines
  const auto bytes = archive.bytes("byteorder");
  const std::string_view order(reinterpret_cast<const char*>(bytes.data()),
                               std::min<size_t>(bytes.size(), 16));
  if (order != "little") {
    fail("{}: byteorder: expected little, got {}; save it again on a little-endian machine", file, order);
  }
}

}  // namespace

Checkpoint open_zip(const FileBytes& file) {
  Archive archive(file);
  check_byte_order(file.name(), archive);
  Checkpoint checkpoint;
  checkpoint.script = archive.contains("constants.pkl");
  checkpoint.format = checkpoint.script ? "torchscript" : "torch zip";

  const std::string where = file.name() + ": data.pkl";
  checkpoint.document = pickle::read(where, archive.bytes("data.pkl"), [&](std::string_view name) {
    if (!find_global(name, checkpoint.script)) refuse_global(where, name);
  });
  for (const StorageId& id : storage_ids(where, checkpoint.document)) {
    const std::string key(id.key);
    if (!checkpoint.storages.contains(key)) checkpoint.storages.emplace(key, archive.bytes("data/" + key));
  }
  checkpoint.owned = archive.take_owned();
  return checkpoint;
}

}  // namespace ax::torch
