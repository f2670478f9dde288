#include "adapterx/io/tensors/torch_globals.h"

#include <algorithm>
#include <array>

#include "adapterx/base/error.h"

namespace ax::torch {
namespace {

struct Named {
  std::string_view name;
  Role role;
};

constexpr auto kGlobals = std::to_array<Named>({
    {"torch._utils._rebuild_tensor", Role::tensor},
    {"torch._utils._rebuild_tensor_v2", Role::tensor},
    {"torch._utils._rebuild_tensor_v3", Role::tensor},
    {"torch._utils._rebuild_parameter", Role::wrapped},
    {"torch._utils._rebuild_parameter_with_state", Role::wrapped},
    {"torch._tensor._rebuild_from_type_v2", Role::typed},
    {"torch.Tensor", Role::inert},
    {"torch.nn.parameter.Parameter", Role::inert},
    {"torch.nn.parameter.Buffer", Role::inert},
    {"torch.Size", Role::wrapped},
    {"torch.device", Role::inert},
    {"torch.jit._pickle.build_boollist", Role::wrapped},
    {"torch.jit._pickle.build_doublelist", Role::wrapped},
    {"torch.jit._pickle.build_intlist", Role::wrapped},
    {"torch.jit._pickle.build_tensorlist", Role::wrapped},
    {"torch.jit._pickle.restore_type_tag", Role::wrapped},
    {"collections.OrderedDict", Role::mapping},
    {"collections.Counter", Role::mapping},
    {"collections.defaultdict", Role::factory},
    {"builtins.dict", Role::mapping},
    {"builtins.list", Role::wrapped},
    {"builtins.tuple", Role::wrapped},
    {"builtins.set", Role::wrapped},
    {"builtins.frozenset", Role::wrapped},
    {"builtins.int", Role::inert},
    {"builtins.float", Role::inert},
    {"builtins.bool", Role::inert},
    {"builtins.str", Role::inert},
    {"builtins.bytes", Role::inert},
    {"builtins.bytearray", Role::inert},
    {"_codecs.encode", Role::inert},
    {"argparse.Namespace", Role::attributes},
    {"types.SimpleNamespace", Role::attributes},
    {"pathlib.PosixPath", Role::inert},
    {"pathlib._local.PosixPath", Role::inert},
    {"numpy.dtype", Role::inert},
    {"numpy.ndarray", Role::inert},
    {"numpy.core.multiarray.scalar", Role::inert},
    {"numpy.core.multiarray._reconstruct", Role::inert},
    {"numpy.core.numeric._frombuffer", Role::inert},
});

struct Type {
  std::string_view dtype, storage;  // "float32" of torch.float32, "Float" of torch.FloatStorage
  std::optional<FileDType> type;
};

constexpr auto kTypes = std::to_array<Type>({
    {"float64", "Double", FileDType::f64},
    {"float32", "Float", FileDType::f32},
    {"float16", "Half", FileDType::f16},
    {"bfloat16", "BFloat16", FileDType::bf16},
    {"float8_e4m3fn", "", FileDType::f8_e4m3},
    {"float8_e5m2", "", FileDType::f8_e5m2},
    {"int64", "Long", FileDType::i64},
    {"int32", "Int", FileDType::i32},
    {"int16", "Short", FileDType::i16},
    {"int8", "Char", FileDType::i8},
    {"uint64", "", FileDType::u64},
    {"uint32", "", FileDType::u32},
    {"uint16", "", FileDType::u16},
    {"uint8", "Byte", FileDType::u8},
    {"bool", "Bool", FileDType::boolean},
    {"complex64", "ComplexFloat", FileDType::complex64},
    {"complex128", "ComplexDouble", FileDType::complex128},
    {"complex32", "", std::nullopt},
    {"float8_e4m3fnuz", "", std::nullopt},
    {"float8_e5m2fnuz", "", std::nullopt},
    {"", "storage.Untyped", std::nullopt},
    {"", "Untyped", std::nullopt},
});

bool starts_with_any(std::string_view name, std::initializer_list<std::string_view> prefixes) {
  return std::ranges::any_of(prefixes, [&](std::string_view p) { return name.starts_with(p); });
}

// Names of other versions and devices, as kGlobals has them.
std::string usual_name(std::string_view name) {
  if (name.starts_with("__builtin__.")) return "builtins." + std::string(name.substr(12));
  if (name.starts_with("numpy._core.")) return "numpy.core." + std::string(name.substr(12));
  if (name.starts_with("torch.cuda.")) return "torch." + std::string(name.substr(11));
  return std::string(name);
}

std::optional<Global> find_type(std::string_view name) {
  constexpr std::string_view kTorch = "torch.", kStorage = "Storage";
  if (!name.starts_with(kTorch)) return std::nullopt;
  name.remove_prefix(kTorch.size());
  const Role role = name.ends_with(kStorage) ? Role::storage : Role::dtype;
  if (role == Role::storage) name.remove_suffix(kStorage.size());
  const auto* type = std::ranges::find(kTypes, name, role == Role::storage ? &Type::storage : &Type::dtype);
  if (type == kTypes.end() || name.empty()) return std::nullopt;
  return Global{role, type->type};
}

}  // namespace

std::optional<Global> find_global(std::string_view name, bool script) {
  if (script && name.starts_with("__torch__.")) return Global{Role::attributes};
  const std::string known = usual_name(name);
  const auto* found = std::ranges::find(kGlobals, known, &Named::name);
  if (found != kGlobals.end()) return Global{found->role};
  return find_type(known);
}

void refuse_global(const std::string& where, std::string_view name) {
  std::string_view advice =
      "nothing in a checkpoint is ever run; if you trust it, load it in Python and save the state_dict() "
      "alone";
  if (starts_with_any(name, {"torch._utils._rebuild_", "torch.serialization._get_layout", "torch.QInt",
                             "torch.QUInt", "torch._tensor."})) {
    advice = "tensors of this kind are not supported; save plain ones: x.to_dense(), x.dequantize()";
  } else if (starts_with_any(name, {"torch.nn.", "torchvision.", "timm.", "__main__.", "models."})) {
    advice = "a whole module was pickled; save its state_dict() instead";
  }
  fail("{}: global `{}`: expected the names that tensors, containers and scalars need, got another; {}",
       where, name, advice);
}

}  // namespace ax::torch
