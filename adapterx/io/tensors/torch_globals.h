// The names that a pickle of PyTorch may use, and what they stand for. This is the whole whitelist.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapterx/io/tensors/tensor_file.h"

namespace ax::torch {

enum class Role : uint8_t {
  tensor,      // a function (storage, offset, size, stride, ...) that gives a tensor
  typed,       // _rebuild_from_type_v2(function, type, args, state): function(*args)
  wrapped,     // stands for its first argument: a parameter, a set, a typed list
  mapping,     // a dict of its items and of its first argument
  factory,     // a dict of its items only: defaultdict
  attributes,  // an object that is its attributes
  storage,     // torch.FloatStorage
  dtype,       // torch.float32
  inert        // allowed, and not read any further
};

struct Global {
  Role role = Role::inert;
  std::optional<FileDType> dtype =
      {};  // of storages and dtypes; none: untyped bytes, or one we have no type for
};

// `script`: whether the archive is TorchScript, whose classes are named "__torch__...".
std::optional<Global> find_global(std::string_view name, bool script);

// Throws Error starting with `where` that names the global and what to do about it.
[[noreturn]] void refuse_global(const std::string& where, std::string_view name);

}  // namespace ax::torch
