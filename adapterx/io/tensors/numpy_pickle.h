// Python pickles (protocols 2 to 5) of NumPy arrays within lists, tuples and dicts, as point clouds are
// handed on in:
// [[array [8192, 6], ...], [label, ...]], {"train": [(array, label, index), ...], "test": ...}. Nothing in
// the pickle is called (io/tensors/pickle.h).
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/base/buffer.h"
#include "adapterx/io/file_bytes.h"
#include "adapterx/io/tensors/tensor_file.h"

namespace ax {

struct PickledValue {
  enum class Kind : uint8_t {
    none,
    boolean,  // integer
    integer,  // integer; also a number of NumPy
    real,     // real; also a number of NumPy
    text,     // text
    bytes,    // text
    list,     // items
    tuple,    // items
    dict,     // items: key, value, key, value ...
    array,    // array
    other     // text says what: an array of texts, a type ... which is not read any further
  };

  Kind kind = Kind::none;
  int64_t integer = 0;
  double real = 0;
  std::string_view text = {};
  std::vector<PickledValue> items = {};
  const TensorInfo* array = nullptr;

  // The value of a text key of a dict; null where there is none, or this is no dict.
  const PickledValue* find(std::string_view key) const;
};

std::string_view to_string(PickledValue::Kind kind);

// The values of one pickle, with the file and the memory that they are views of. Moves, but does not copy.
struct NumpyPickle {
  FileBytes file;
  PickledValue root;
  std::deque<TensorInfo> arrays = {};
  std::deque<Buffer> owned = {};  // bytes that protocol 2 keeps as text

  NumpyPickle(FileBytes bytes) : file(std::move(bytes)) {}
  NumpyPickle(NumpyPickle&&) = default;
  NumpyPickle(const NumpyPickle&) = delete;
};

constexpr size_t kMaxPickleBytes = size_t{1} << 36;
constexpr size_t kMaxPickledValues = 1'000'000;

// Reads a pickle, which must be the whole file. Throws Error naming the file and the byte, or the place in
// the value
// ("[0][12]"), where it is damaged, names a global other than NumPy's for arrays, numbers and types, Python's
// for bytes and collections.OrderedDict, has big-endian or too few data, holds itself, lies deeper than 100
// levels, or has more values than the limits.
NumpyPickle read_numpy_pickle(const FileBytes& file);

}  // namespace ax
