#include "adapterx/io/tensors/torch.h"

#include "adapterx/base/error.h"
#include "adapterx/io/tensors/torch_storage.h"
#include "adapterx/io/tensors/torch_tree.h"

namespace ax {
namespace {

bool has(const FileBytes& file, size_t at, std::string_view text) {
  const std::string_view all(reinterpret_cast<const char*>(file.bytes().data()), file.size());
  return all.size() >= at && all.substr(at).starts_with(text);
}

torch::Checkpoint open_checkpoint(const FileBytes& file) {
  if (has(file, 0, "PK")) return torch::open_zip(file);
  if (has(file, 0, "\x80")) return torch::open_legacy(file);
  fail("{}: expected a file of torch.save, got {}", file.name(),
       has(file, 257, "ustar")
           ? "a tar archive (its format before 0.1.10); load it with an old PyTorch and save it again"
           : "neither a zip archive nor a pickle");
}

}  // namespace

TensorFile read_torch(const FileBytes& file) {
  torch::Checkpoint checkpoint = open_checkpoint(file);
  torch::Named named = torch::flatten(file.name(), checkpoint);
  return TensorFile(file, std::move(checkpoint.format), std::move(named.tensors), std::move(named.metadata),
                    std::move(checkpoint.owned));
}

}  // namespace ax
