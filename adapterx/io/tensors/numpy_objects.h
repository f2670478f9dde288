// NumPy's objects in a pickle: what NumPy would make of them. Internal to numpy_pickle.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "adapterx/base/buffer.h"
#include "adapterx/io/tensors/pickle.h"
#include "adapterx/io/tensors/tensor_file.h"

namespace ax::numpy {

// What a global that is allowed stands for.
enum class Role : uint8_t {
  reconstruct,  // _reconstruct(type, ...), then a state of shape, type, order and data
  from_buffer,  // _frombuffer(data, type, shape, order)
  scalar,       // scalar(type, data)
  encode,       // _codecs.encode(text, "latin1"): bytes
  bytes,        // bytes(), bytearray(data)
  ordered,      // collections.OrderedDict
  inert         // numpy.ndarray, numpy.dtype
};

// None where the global is not allowed. numpy._core is taken for numpy.core, __builtin__ for builtins.
std::optional<Role> find_role(std::string_view global);

class Objects {
 public:
  // Bytes that are no part of the pickle are added to `owned`.
  Objects(const pickle::Document& document, std::deque<Buffer>& owned) : document_(document), owned_(owned) {}

  // The array that an object of role reconstruct or from_buffer is, or the value of a scalar, of no
  // dimensions; none where the type is one we have none for, which `type` then names. Throw Error starting
  // with `where`.
  std::optional<TensorInfo> array(const std::string& where, pickle::Ref ref, std::string& type);
  std::optional<TensorInfo> scalar(const std::string& where, pickle::Ref ref, std::string& type);

  // Of bytes, a text that stands for bytes (Python 2), or an object of role encode or bytes.
  std::span<const std::byte> bytes(const std::string& where, pickle::Ref ref);

 private:
  struct Parts {
    pickle::Ref shape, type, data;
    bool fortran_order;
  };

  const pickle::Value& at(const std::string& where, pickle::Ref tuple, size_t index) const;
  pickle::Ref item(const std::string& where, pickle::Ref tuple, size_t index) const;
  Parts parts(const std::string& where, pickle::Ref ref) const;
  std::optional<FileDType> dtype(const std::string& where, pickle::Ref ref, std::string& name) const;
  Shape shape(const std::string& where, pickle::Ref ref) const;
  std::span<const std::byte> encoded(const std::string& where, std::string_view text);

  const pickle::Document& document_;
  std::deque<Buffer>& owned_;
  std::map<pickle::Ref, std::span<const std::byte>> encoded_;  // what was unpacked before
};

}  // namespace ax::numpy
