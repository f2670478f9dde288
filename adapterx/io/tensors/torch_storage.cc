#include "adapterx/io/tensors/torch_storage.h"

#include "adapterx/base/error.h"
#include "adapterx/io/tensors/torch_globals.h"

namespace ax::torch {
namespace {

using pickle::Kind;
using pickle::Value;

constexpr size_t kMaxKey = 100;  // bytes

[[noreturn]] void fail_form(const std::string& where, std::string_view what) {
  fail("{}: expected a storage (\"storage\", class, key, location, elements), got {}", where, what);
}

// Narrows `id` to the view of it.
void apply_view(const std::string& where, const pickle::Document& document, const Value& view,
                StorageId& id) {
  if (view.kind == Kind::none) return;
  if (view.kind != Kind::tuple || view.items.size() != 3) fail_form(where, "a view of another form");
  const Value &begin = document[view.items[1]], &elements = document[view.items[2]];
  if (begin.kind != Kind::integer || begin.integer < 0 || elements.kind != Kind::integer ||
      elements.integer < 0) {
    fail_form(where, "a view with another offset or size");
  }
  id.begin = begin.integer;
  id.elements = elements.integer;
}

}  // namespace

StorageId storage_id(const std::string& where, const pickle::Document& document, pickle::Ref ref) {
  if (document[ref].kind != Kind::persistent) fail_form(where, to_string(document[ref].kind));
  const Value& id = document[document[ref].items[0]];
  if (id.kind != Kind::tuple || id.items.size() < 5) fail_form(where, to_string(id.kind));
  const auto part = [&](size_t i) -> const Value& { return document[id.items[i]]; };
  const Value &tag = part(0), &type = part(1), &key = part(2), &elements = part(4);
  if (tag.kind != Kind::text || tag.text != "storage") fail_form(where, "another tag");
  if (key.kind != Kind::text || key.text.size() > kMaxKey) fail_form(where, "a key of another form");
  const auto global = type.kind == Kind::global ? find_global(type.text, false) : std::nullopt;
  if (!global || global->role != Role::storage) fail_form(where, "another class");
  if (elements.kind != Kind::integer || elements.integer < 0) fail_form(where, "no number of elements");
  StorageId result{key.text, global->dtype, 0, elements.integer};
  if (id.items.size() > 5) apply_view(where, document, part(5), result);
  return result;
}

std::vector<StorageId> storage_ids(const std::string& where, const pickle::Document& document) {
  std::vector<StorageId> ids;
  for (pickle::Ref ref = 0; ref < document.size(); ++ref) {
    if (document[ref].kind == Kind::persistent) ids.push_back(storage_id(where, document, ref));
  }
  return ids;
}

std::span<const std::byte> bytes_of(const std::string& where, const Storages& storages, const StorageId& id) {
  const std::span<const std::byte> all = storages.find(id.key)->second;
  const size_t available = all.size() / id.element_size();
  const auto begin = static_cast<uint64_t>(id.begin), elements = static_cast<uint64_t>(id.elements);
  if (begin > available || elements > available - begin) {
    fail("{}: storage {}: expected {} elements from {} on, got {} in all; is the file whole?", where, id.key,
         elements, begin, available);
  }
  return all.subspan(begin * id.element_size(), elements * id.element_size());
}

}  // namespace ax::torch
