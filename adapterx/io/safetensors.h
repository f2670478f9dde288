// The safetensors file format (https://github.com/huggingface/safetensors, "Format"): an 8-byte
// little-endian header length, a JSON header of dtype, shape and data_offsets by tensor name, the data.
// Files are taken as hostile: nothing is read or allocated on the word of the header alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/base/buffer.h"
#include "adapterx/base/shape.h"

namespace ax {

enum class FileDType : uint8_t { f64, f32, f16, bf16, i64, i32, i16, i8, u8, boolean };

size_t size_of(FileDType t);
std::string_view to_string(FileDType t);  // the format's own names: "F32", "BF16", "BOOL"

struct TensorInfo {
  FileDType dtype = FileDType::f32;
  Shape shape;
  std::span<const std::byte> data;  // row-major, little-endian; may be unaligned in a foreign file
};

// A view of float values for write_safetensors. Throws Error where shape and values differ in size.
TensorInfo f32_tensor(const Shape& shape, std::span<const float> values);

using TensorMap = std::map<std::string, TensorInfo, std::less<>>;
using MetadataMap = std::map<std::string, std::string, std::less<>>;

// A whole file in memory; the tensors' data live as long as this object (moving it keeps them valid).
class Safetensors {
 public:
  // Throws Error, naming file and tensor, expected and got, on anything the format forbids: a header longer
  // than the file or than 100 MB, JSON of another form, a duplicate name, an unknown dtype, a shape of rank
  // above 5 or with more bytes than its offsets, tensors that overlap, leave gaps or pass the file's end.
  static Safetensors read(const std::filesystem::path& path);

  const TensorMap& tensors() const { return tensors_; }
  const MetadataMap& metadata() const { return metadata_; }

  bool contains(std::string_view name) const { return tensors_.contains(name); }
  // Throws Error, naming the nearest name, where there is no such tensor.
  const TensorInfo& at(std::string_view name) const;

  // The values as float; converts from F64 (rounding), F16 and BF16. Throws Error on any other dtype and
  // where `out` is of another size than the tensor.
  void copy_f32(std::string_view name, std::span<float> out) const;
  std::vector<float> f32(std::string_view name) const;

 private:
  std::string path_;
  Buffer data_;
  TensorMap tensors_;
  MetadataMap metadata_;
};

// Writes a file readers see whole or not at all: under a temporary name in the same folder, synced, then
// renamed. Larger element types come first, so that every tensor is aligned. Throws Error naming the file
// on a failed write, and where a tensor's data differ in size from its shape and dtype.
void write_safetensors(const std::filesystem::path& path, const TensorMap& tensors,
                       const MetadataMap& metadata = {});

}  // namespace ax
