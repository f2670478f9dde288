// The values of an ONNX tensor: raw bytes, numbers in a field of their type, or bytes of another file.
// Internal to onnx_file.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/base/buffer.h"
#include "adapterx/io/tensors/onnx_message.h"
#include "adapterx/io/tensors/tensor_file.h"

namespace ax::onnx {

// Whether the type is one of F64, F32, F16 and BF16.
bool is_float(int32_t data_type);

class TensorReader {
 public:
  explicit TensorReader(const FileBytes& file) : file_(file) {}

  // Raw and external data stay where the files have them; numbers in typed fields (float_data, int32_data
  // ...) are unpacked, at most to 8 times the bytes that they have in the file. A tensor of a type that
  // TensorFile has none for (texts, integers of 4 bits) comes without data, as FileDType::other.
  //
  // Throws Error naming the file and `name` where the values are not exactly as many as the shape says, on a
  // shape that checked_shape refuses, on segments, and on external data in a file that is missing, too
  // short, or not below the folder of this one by its name.
  TensorInfo read(const std::string& name, const TensorMessage& tensor);

  // What the tensors that were read are views of, besides the file itself.
  std::vector<Buffer> take_owned() { return std::move(owned_); }
  std::vector<FileBytes> take_beside();

 private:
  std::span<const std::byte> external(const std::string& where, const TensorMessage& tensor, uint64_t bytes);
  std::span<const std::byte> typed(const std::string& where, const TensorMessage& tensor,
                                   const TensorInfo& info, uint32_t field);

  const FileBytes& file_;
  std::vector<Buffer> owned_;
  std::map<std::string, FileBytes, std::less<>> beside_;  // by location
};

}  // namespace ax::onnx
