#include <algorithm>
#include <string_view>

#include "adapterx/base/error.h"
#include "adapterx/io/tensors/npy.h"
#include "adapterx/io/tensors/onnx_file.h"
#include "adapterx/io/tensors/safetensors.h"
#include "adapterx/io/tensors/tensor_file.h"
#include "adapterx/io/tensors/torch.h"
#include "adapterx/io/zip.h"

namespace ax {
namespace {

std::string_view text_of(const FileBytes& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()), file.size()};
}

// A zip is a torch checkpoint where it holds a pickle of that name in a folder, else an .npz.
bool holds_torch_pickle(const FileBytes& file) {
  const std::vector<ZipEntry> entries = read_zip_directory(file);
  return std::ranges::any_of(
      entries, [](const ZipEntry& e) { return e.name == "data.pkl" || e.name.ends_with("/data.pkl"); });
}

// What people have in place of a checkpoint when a download went wrong.
std::string_view impostor(std::string_view text) {
  if (text.starts_with("version https://git-lfs")) return "; this is a Git LFS pointer: run `git lfs pull`";
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first != text.npos && text[first] == '<') return "; this is a web page: was the download refused?";
  if (text.starts_with("\x89HDF")) return "; this is an HDF5 file: save the weights as safetensors";
  if (text.size() > 262 && text.substr(257, 5) == "ustar") return "; this is a tar archive: unpack it first";
  return "";
}

}  // namespace

TensorFile open_tensor_file(const std::filesystem::path& path) {
  const FileBytes file = FileBytes::map(path);
  const std::string_view text = text_of(file);
  if (text.starts_with("PK\x03\x04") || text.starts_with("PK\x05\x06")) {
    return holds_torch_pickle(file) ? read_torch(file) : read_npz(file);
  }
  if (text.starts_with("\x93NUMPY")) return read_npy(file);
  // Before safetensors: the length of a node can be the brace.
  if (begins_as_onnx(file)) return read_onnx(file);
  // Before pickles: a header's length can begin with any byte. At this place torch has its magic number.
  if (text.size() > 8 && text[8] == '{') return read_safetensors(file);
  if (text.starts_with('\x80')) return read_torch(file);  // a pickle: torch's legacy format
  fail("{}: expected a safetensors, PyTorch, ONNX, .npz or .npy file, got {}{}", file.name(),
       text.empty() ? "an empty file" : "none of them", impostor(text));
}

}  // namespace ax
