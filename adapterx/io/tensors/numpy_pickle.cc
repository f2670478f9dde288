#include "adapterx/io/tensors/numpy_pickle.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/io/tensors/numpy_objects.h"
#include "adapterx/io/tensors/pickle.h"

namespace ax {
namespace {

using pickle::Ref;
using Kind = PickledValue::Kind;

constexpr size_t kMaxDepth = 100;

void check_global(const std::string& file, std::string_view name) {
  if (numpy::find_role(name)) return;
  fail(
      "{}: global `{}`: expected the names that arrays need, got another; nothing in a pickle is ever run: "
      "if you "
      "trust it, load it in Python and save the arrays alone (np.savez)",
      file, name);
}

class Builder {
 public:
  Builder(NumpyPickle& out, const pickle::Document& document)
      : out_(out), document_(document), objects_(document, out.owned) {}

  PickledValue build(Ref ref) {
    if (++values_ > kMaxPickledValues)
      fail("{}: expected at most {} values, got more", place(), kMaxPickledValues);
    const pickle::Value& v = document_[ref];
    switch (v.kind) {
      case pickle::Kind::none:
        return {};
      case pickle::Kind::boolean:
        return {.kind = Kind::boolean, .integer = v.integer};
      case pickle::Kind::integer:
        return {.kind = Kind::integer, .integer = v.integer};
      case pickle::Kind::real:
        return {.kind = Kind::real, .real = v.real};
      case pickle::Kind::text:
        return {.kind = Kind::text, .text = v.text};
      case pickle::Kind::bytes:
        return {.kind = Kind::bytes, .text = v.text};
      case pickle::Kind::list:
        return container(Kind::list, v);
      case pickle::Kind::tuple:
        return container(Kind::tuple, v);
      case pickle::Kind::dict:
        return container(Kind::dict, v);
      case pickle::Kind::object:
        return object(ref, v);
      default:
        return {.kind = Kind::other, .text = pickle::to_string(v.kind)};
    }
  }

 private:
  PickledValue container(Kind kind, const pickle::Value& v) {
    if (path_.size() == kMaxDepth) {
      fail("{}: expected at most {} levels, got more, or a {} that holds itself", place(), kMaxDepth,
           to_string(kind));
    }
    PickledValue value{.kind = kind};
    path_.push_back(0);
    for (const Ref item : v.items) {
      value.items.push_back(build(item));
      ++path_.back();
    }
    path_.pop_back();
    return value;
  }

  PickledValue object(Ref ref, const pickle::Value& v) {
    switch (*numpy::find_role(document_[v.callable].text)) {
      case numpy::Role::reconstruct:
      case numpy::Role::from_buffer:
        return array(ref);
      case numpy::Role::scalar:
        return scalar(ref);
      case numpy::Role::encode:
      case numpy::Role::bytes: {
        const auto bytes = objects_.bytes(place(), ref);
        return {.kind = Kind::bytes, .text = {reinterpret_cast<const char*>(bytes.data()), bytes.size()}};
      }
      case numpy::Role::ordered:
        if (!document_[v.args].items.empty()) break;
        return container(Kind::dict, v);
      case numpy::Role::inert:
        break;
    }
    return {.kind = Kind::other, .text = "object of Python"};
  }

  PickledValue array(Ref ref) {
    if (const auto known = arrays_.find(ref); known != arrays_.end()) return known->second;
    std::string type;
    auto info = objects_.array(place(), ref, type);
    PickledValue value{.kind = Kind::other, .text = "array of another type than numbers"};
    if (info) {
      out_.arrays.push_back(std::move(*info));
      value = {.kind = Kind::array, .array = &out_.arrays.back()};
    }
    return arrays_.emplace(ref, std::move(value)).first->second;
  }

  PickledValue scalar(Ref ref) {
    std::string type;
    const std::string where = place();
    const auto info = objects_.scalar(where, ref, type);
    if (!info || type[0] == 'c') return {.kind = Kind::other, .text = "number of another type"};
    PickledValue value{.kind = Kind::integer};
    if (info->dtype == FileDType::f64) {
      value.kind = Kind::real;
      std::memcpy(&value.real, info->data.data(), sizeof value.real);
    } else if (type[0] == 'f' || info->dtype == FileDType::bf16) {
      float narrow = 0;
      copy_f32(where, *info, {&narrow, 1});
      value.kind = Kind::real, value.real = double{narrow};
    } else {
      copy_i64(where, *info, {&value.integer, 1});
      if (info->dtype == FileDType::boolean) value.kind = Kind::boolean;
    }
    return value;
  }

  // The file, and the way to the value: "x.pkl: [0][12]".
  std::string place() const {
    std::string way = out_.file.name() + ": ";
    for (const size_t i : path_) way += fmt::format("[{}]", i);
    return path_.empty() ? way + "the value" : way;
  }

  NumpyPickle& out_;
  const pickle::Document& document_;
  numpy::Objects objects_;
  std::map<Ref, PickledValue> arrays_;
  std::vector<size_t> path_;  // places in the containers around the value
  size_t values_ = 0;
};

}  // namespace

std::string_view to_string(Kind kind) {
  constexpr std::array<std::string_view, 11> kNames = {"None", "bool",  "int",  "float", "str",  "bytes",
                                                       "list", "tuple", "dict", "array", "other"};
  return kNames[static_cast<size_t>(kind)];
}

const PickledValue* PickledValue::find(std::string_view key) const {
  if (kind != Kind::dict) return nullptr;
  for (size_t i = 0; i + 1 < items.size(); i += 2) {
    if (items[i].kind == Kind::text && items[i].text == key) return &items[i + 1];
  }
  return nullptr;
}

NumpyPickle read_numpy_pickle(const FileBytes& file) {
  const pickle::Document document = pickle::read(
      file.name(), file.bytes(), [&](std::string_view name) { check_global(file.name(), name); },
      kMaxPickleBytes);
  if (document.bytes() != file.size()) {
    fail("{}: expected {} bytes, as the pickle has, got {}", file.name(), document.bytes(), file.size());
  }
  NumpyPickle out(file);
  out.root = Builder(out, document).build(document.root());
  return out;
}

}  // namespace ax
