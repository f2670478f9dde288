// The legacy format (before torch 1.6): the pickles of a magic number, a protocol version, facts of the
// system, the object, and the list of its storages' keys; then, in that order, the storages: their number of
// elements (8 bytes) and the elements.
#include <algorithm>
#include <cstring>

#include "adapterx/base/error.h"
#include "adapterx/io/tensors/torch_globals.h"
#include "adapterx/io/tensors/torch_storage.h"

namespace ax::torch {
namespace {

using pickle::Document;
using pickle::Kind;
using pickle::Value;

constexpr std::string_view kMagic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";  // 0x1950a86a20f9469cfc6c
constexpr int64_t kProtocol = 1001;

class LegacyFile {
 public:
  explicit LegacyFile(const FileBytes& file) : file_(file.name()), rest_(file.bytes()) {}

  // A pickle that names no globals.
  Document read_plain(const std::string& what) {
    const std::string where = file_ + ": " + what;
    return read(where, [&](std::string_view name) {
      fail("{}: expected the header of torch.save, got a pickle that names `{}`", where, name);
    });
  }

  Document read_object() {
    const std::string where = file_ + ": object";
    return read(where, [&](std::string_view name) {
      if (!find_global(name, false)) refuse_global(where, name);
    });
  }

  // The bytes of the next storage, of elements of this size.
  std::span<const std::byte> read_storage(std::string_view key, size_t element_size) {
    uint64_t elements = 0;
    if (rest_.size() < sizeof elements) {
      fail("{}: storage {}: expected 8 bytes, got {}; is the file whole?", file_, key, rest_.size());
    }
    std::memcpy(&elements, rest_.data(), sizeof elements);
    rest_ = rest_.subspan(sizeof elements);
    if (elements > rest_.size() / element_size) {
      fail("{}: storage {}: expected {} elements of {} bytes, got {} bytes; is the file whole?", file_, key,
           elements, element_size, rest_.size());
    }
    const auto bytes = rest_.first(elements * element_size);
    rest_ = rest_.subspan(bytes.size());
    return bytes;
  }

 private:
  Document read(const std::string& where, const pickle::CheckGlobal& check) {
    Document document = pickle::read(where, rest_, check);
    rest_ = rest_.subspan(document.bytes());
    return document;
  }

  std::string file_;
  std::span<const std::byte> rest_;
};

void check_magic(const std::string& file, const Document& document) {
  const Value& magic = document[document.root()];
  if (magic.kind != Kind::big_integer || magic.text != kMagic) {
    fail("{}: expected the magic number of torch.save, got {}; other pickles are not supported", file,
         to_string(magic.kind));
  }
}

void check_protocol(const std::string& file, const Document& document) {
  const Value& version = document[document.root()];
  if (version.kind != Kind::integer || version.integer != kProtocol) {
    fail("{}: expected protocol version {}, got {}", file, kProtocol, version.integer);
  }
}

void check_system(const std::string& file, const Document& document) {
  const std::vector<pickle::Ref>& items = document[document.root()].items;
  for (size_t i = 0; i + 1 < items.size(); i += 2) {
    if (document[items[i]].text == "little_endian" && document[items[i + 1]].integer == 0) {
      fail("{}: expected little-endian data, got big-endian; save it again on a little-endian machine", file);
    }
  }
}

std::map<std::string_view, size_t> element_sizes(const std::vector<StorageId>& ids) {
  std::map<std::string_view, size_t> sizes;
  for (const StorageId& id : ids) sizes.emplace(id.key, id.element_size());
  return sizes;
}

Storages read_storages(const std::string& file, LegacyFile& in, const Document& object) {
  const std::vector<StorageId> ids = storage_ids(file, object);
  const std::map<std::string_view, size_t> sizes = element_sizes(ids);
  const Document keys = in.read_plain("storage keys");
  Storages storages;
  for (const pickle::Ref item : keys[keys.root()].items) {
    const std::string_view key = keys[item].text;
    const auto size = sizes.find(key);
    if (size == sizes.end()) fail("{}: storage keys: expected those of the object, got `{}`", file, key);
    if (!storages.emplace(key, in.read_storage(key, size->second)).second) {
      fail("{}: storage keys: expected each once, got `{}` twice", file, key);
    }
  }
  for (const StorageId& id : ids) {
    if (!storages.contains(id.key)) fail("{}: expected storage `{}`, got none", file, id.key);
  }
  return storages;
}

}  // namespace

Checkpoint open_legacy(const FileBytes& file) {
  LegacyFile in(file);
  check_magic(file.name(), in.read_plain("magic number"));
  check_protocol(file.name(), in.read_plain("protocol version"));
  check_system(file.name(), in.read_plain("system"));
  Checkpoint checkpoint;
  checkpoint.format = "torch legacy";
  checkpoint.document = in.read_object();
  checkpoint.storages = read_storages(file.name(), in, checkpoint.document);
  return checkpoint;
}

}  // namespace ax::torch
