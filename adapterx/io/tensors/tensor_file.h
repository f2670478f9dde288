// TensorFile: named tensors read from a file, whatever its format. The data stay where the file has them (a
// mapping), so that opening a checkpoint copies nothing; only compressed entries are unpacked into memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/base/buffer.h"
#include "adapterx/base/shape.h"
#include "adapterx/io/file_bytes.h"

namespace ax {

enum class FileDType : uint8_t {
  f64,
  f32,
  f16,
  bf16,
  f8_e4m3,
  f8_e5m2,
  i64,
  i32,
  i16,
  i8,
  u64,
  u32,
  u16,
  u8,
  boolean,
  complex64,
  complex128,
  other  // a type that no reader here has values of; such a tensor has a name and a shape, and no data
};

size_t size_of(FileDType t);
std::string_view to_string(FileDType t);  // the names of safetensors: "F32", "BF16", "BOOL", "C64"; "OTHER"
std::optional<FileDType> parse_file_dtype(std::string_view name);

struct TensorInfo {
  FileDType dtype = FileDType::f32;
  Shape shape;
  // Little-endian elements, from the first to the last that shape and strides reach; may be unaligned.
  std::span<const std::byte> data;
  // In elements, not negative, one an axis; empty: row-major without gaps. Views of PyTorch and arrays in
  // Fortran order have them.
  std::vector<int64_t> strides = {};
  std::string_view other_type = {};  // of FileDType::other: a literal, what the format calls the type

  std::string_view type_text() const { return other_type.empty() ? to_string(dtype) : other_type; }
};

// A view of float values, for writing. Throws Error where shape and values differ in size.
TensorInfo f32_tensor(const Shape& shape, std::span<const float> values);

// The values, row-major, as float: F32 as it is, F16 and BF16 exactly, F64 rounded. Throws Error starting
// with `where` on any other dtype and where `out` is of another size than the tensor.
void copy_f32(const std::string& where, const TensorInfo& tensor, std::span<float> out);

// The values, row-major, of a tensor of integers or BOOL. Throws Error starting with `where` on any other
// dtype, on a U64 beyond 2^63 - 1 and where `out` is of another size than the tensor.
void copy_i64(const std::string& where, const TensorInfo& tensor, std::span<int64_t> out);

// A shape read from a file, which can be anything. Throws Error starting with `where` where the rank is above
// 8, an extent is negative or the product passes 2^63 / 16.
Shape checked_shape(const std::string& where, std::span<const int64_t> dims);

using TensorMap = std::map<std::string, TensorInfo, std::less<>>;
using MetadataMap = std::map<std::string, std::string, std::less<>>;

class TensorFile {
 public:
  // `owned`: the memory of tensors that are not views of `bytes`; `beside`: further files that tensors are
  // views of.
  TensorFile(FileBytes bytes, std::string format, TensorMap tensors, MetadataMap metadata,
             std::vector<Buffer> owned = {}, std::vector<FileBytes> beside = {});

  const std::string& path() const { return bytes_.name(); }
  const std::string& format() const { return format_; }  // "safetensors", "torch zip", "npz", "onnx" ...
  size_t file_size() const { return bytes_.size(); }

  const TensorMap& tensors() const { return tensors_; }
  // What the file says besides tensors: safetensors' __metadata__, the numbers and texts of a torch file.
  const MetadataMap& metadata() const { return metadata_; }

  bool contains(std::string_view name) const { return tensors_.contains(name); }
  // Throws Error, naming the nearest name, where there is no such tensor.
  const TensorInfo& at(std::string_view name) const;

  void copy_f32(std::string_view name, std::span<float> out) const;
  std::vector<float> f32(std::string_view name) const;
  std::vector<int64_t> i64(std::string_view name) const;
  // Gives the mapped pages of a tensor back to the system until it is read again.
  void release(std::string_view name) const;

 private:
  FileBytes bytes_;
  std::string format_;
  TensorMap tensors_;
  MetadataMap metadata_;
  std::vector<Buffer> owned_;
  std::vector<FileBytes> beside_;
};

// Opens a safetensors, PyTorch (zip or legacy), ONNX, .npz or .npy file, told apart by content, not by name.
// Throws Error where it is none of them; an LFS pointer or a web page saved in its place is named as such.
TensorFile open_tensor_file(const std::filesystem::path& path);

}  // namespace ax
