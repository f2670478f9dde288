#include "adapterx/io/tensors/torch_tensor.h"

#include <algorithm>

#include "adapterx/base/error.h"
#include "adapterx/io/tensors/torch_globals.h"

namespace ax::torch {
namespace {

using pickle::Document;
using pickle::Kind;
using pickle::Value;

int64_t non_negative(const std::string& where, std::string_view what, const Value& value) {
  if (value.kind != Kind::integer || value.integer < 0) {
    fail("{}: {}: expected an integer of at least 0, got {}", where, what,
         value.kind == Kind::integer ? std::to_string(value.integer) : std::string(to_string(value.kind)));
  }
  return value.integer;
}

std::vector<int64_t> integers(const std::string& where, std::string_view what, const Document& document,
                              pickle::Ref ref) {
  const Value& list = document[ref];
  if (list.kind != Kind::tuple && list.kind != Kind::list) {
    fail("{}: {}: expected a tuple, got {}", where, what, to_string(list.kind));
  }
  if (list.items.size() > static_cast<size_t>(Shape::kMaxRank)) {
    fail("{}: {}: expected a rank of at most {}, got {}", where, what, Shape::kMaxRank, list.items.size());
  }
  std::vector<int64_t> values;
  for (const pickle::Ref item : list.items) values.push_back(non_negative(where, what, document[item]));
  return values;
}

// Conjugated and negated views have the values of their storage, and a flag here.
void check_metadata(const std::string& where, const Document& document, const Value& metadata) {
  constexpr size_t kMost = 32;  // items; PyTorch writes two flags
  if (metadata.kind != Kind::dict) return;
  if (metadata.items.size() > kMost) {
    fail("{}: metadata: expected at most {} flags, got {}", where, kMost / 2, metadata.items.size() / 2);
  }
  for (size_t i = 0; i + 1 < metadata.items.size(); i += 2) {
    const Value &key = document[metadata.items[i]], &flag = document[metadata.items[i + 1]];
    if ((key.text == "conj" || key.text == "neg") && flag.integer != 0) {
      fail("{}: expected a plain tensor, got one with the flag `{}`; save x.resolve_{}()", where, key.text,
           key.text);
    }
  }
}

FileDType dtype_of(const std::string& where, const StorageId& storage, const Value* dtype) {
  if (dtype == nullptr) {
    if (!storage.dtype) fail("{}: expected a storage with a dtype, got untyped bytes", where);
    return *storage.dtype;
  }
  const auto global = dtype->kind == Kind::global ? find_global(dtype->text, false) : std::nullopt;
  if (!global || global->role != Role::dtype || !global->dtype) {
    fail("{}: expected a dtype that is supported, got {}", where,
         dtype->kind == Kind::global ? dtype->text : to_string(dtype->kind));
  }
  return *global->dtype;
}

bool is_row_major(const Shape& shape, const std::vector<int64_t>& strides) {
  int64_t next = 1;
  for (int axis = shape.rank(); axis-- > 0; next *= shape[axis]) {
    if (shape[axis] != 1 && strides[static_cast<size_t>(axis)] != next) return false;
  }
  return true;
}

// One past the furthest element that shape and strides reach, or -1 where that overflows.
int64_t extent(const Shape& shape, const std::vector<int64_t>& strides) {
  int64_t last = 0;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    int64_t step = 0;
    if (__builtin_mul_overflow(strides[static_cast<size_t>(axis)], shape[axis] - 1, &step) ||
        __builtin_add_overflow(last, step, &last)) {
      return -1;
    }
  }
  return __builtin_add_overflow(last, 1, &last) ? -1 : last;
}

// The view of `storage` from element `offset` on.
TensorInfo view(const std::string& where, FileDType dtype, std::span<const std::byte> storage, int64_t offset,
                const std::vector<int64_t>& dims, std::vector<int64_t> strides) {
  TensorInfo tensor{dtype, checked_shape(where, dims), {}};
  if (strides.size() != dims.size()) {
    fail("{}: stride: expected {} numbers, got {}", where, dims.size(), strides.size());
  }
  if (tensor.shape.size() == 0) return tensor;
  const auto available = static_cast<int64_t>(storage.size() / size_of(dtype));
  const int64_t reach = extent(tensor.shape, strides);
  if (offset > available || reach < 0 || reach > available - offset) {
    fail("{}: expected elements within a storage of {}, got shape {}, strides [{}], offset {}", where,
         available, to_string(tensor.shape), fmt::join(strides, ", "), offset);
  }
  if (tensor.shape.size() > std::max(available, kMaxRepeated)) {
    fail("{}: expected at most {} elements of a storage of {}, got shape {}", where,
         std::max(available, kMaxRepeated), available, to_string(tensor.shape));
  }
  tensor.data = storage.subspan(static_cast<size_t>(offset) * size_of(dtype),
                                static_cast<size_t>(reach) * size_of(dtype));
  if (is_row_major(tensor.shape, strides)) return tensor;
  for (size_t i = 0; i < strides.size(); ++i) {
    if (dims[i] == 1) strides[i] = 0;  // it says nothing, and can be anything
  }
  tensor.strides = std::move(strides);
  return tensor;
}

}  // namespace

TensorInfo rebuild_tensor(const std::string& where, const Checkpoint& checkpoint, std::string_view function,
                          pickle::Ref args_ref) {
  const Document& document = checkpoint.document;
  const Value& args = document[args_ref];
  const bool v3 = function.ends_with("_v3");
  const size_t least = v3 ? 7 : 4, metadata = v3 ? 7 : 6;
  if (args.kind != Kind::tuple || args.items.size() < least) {
    fail("{}: expected a tuple of at least {} arguments of {}, got {}", where, least, function,
         args.kind == Kind::tuple ? std::to_string(args.items.size()) : std::string(to_string(args.kind)));
  }
  if (args.items.size() > metadata) check_metadata(where, document, document[args.items[metadata]]);

  const StorageId storage = storage_id(where, document, args.items[0]);
  const FileDType dtype = dtype_of(where, storage, v3 ? &document[args.items[6]] : nullptr);
  return view(where, dtype, bytes_of(where, checkpoint.storages, storage),
              non_negative(where, "offset", document[args.items[1]]),
              integers(where, "size", document, args.items[2]),
              integers(where, "stride", document, args.items[3]));
}

}  // namespace ax::torch
