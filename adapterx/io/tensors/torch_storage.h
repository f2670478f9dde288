// What the containers of PyTorch's formats hold: a pickle, and storages (flat arrays) that it refers to by
// key.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapterx/base/buffer.h"
#include "adapterx/io/tensors/pickle.h"
#include "adapterx/io/tensors/tensor_file.h"

namespace ax::torch {

using Storages = std::map<std::string, std::span<const std::byte>, std::less<>>;

struct Checkpoint {
  std::string format;
  bool script = false;  // TorchScript
  pickle::Document document;
  Storages storages;          // every one that the document refers to
  std::vector<Buffer> owned;  // what was unpacked
};

// Throw Error naming the file and the part of it where the container is damaged or lacks a storage.
Checkpoint open_zip(const FileBytes& file);
Checkpoint open_legacy(const FileBytes& file);

// The reference to a storage, a persistent id: ("storage", class, key, location, elements) and, in the legacy
// format, the view of another storage that this one is: None or (its key, offset, elements).
struct StorageId {
  std::string_view key;
  std::optional<FileDType> dtype;  // none: untyped, elements are bytes
  int64_t begin = 0, elements = 0;

  size_t element_size() const { return dtype ? size_of(*dtype) : 1; }
};
// Throws Error starting with `where` where the value is of another form.
StorageId storage_id(const std::string& where, const pickle::Document& document, pickle::Ref ref);

// All the references to storages in a document.
std::vector<StorageId> storage_ids(const std::string& where, const pickle::Document& document);

// The bytes that `id` refers to. Throws Error starting with `where` where they are more than the file has.
std::span<const std::byte> bytes_of(const std::string& where, const Storages& storages, const StorageId& id);

}  // namespace ax::torch
