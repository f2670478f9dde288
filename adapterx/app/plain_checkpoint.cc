#include "adapterx/app/plain_checkpoint.h"

#include "adapterx/train/adapter_file.h"

namespace ax {

PlainCheckpoint open_plain_checkpoint(const std::filesystem::path& path, const BackboneRequest& request) {
  if (const auto* vit = std::get_if<VitRequest>(&request)) {
    VitCheckpoint c = open_vit_checkpoint(path, *vit);
    return {{c.config, c.preprocess, std::move(c.report), std::move(c.source), c.has_head}, c.is_projection};
  }
  return {open_backbone(path, request), false};
}

void export_checkpoint(const PlainCheckpoint& checkpoint, const std::filesystem::path& out,
                       const ExportOptions& options) {
  const bool head = options.keep_head && checkpoint.has_head;
  save_backbone(out, head ? checkpoint.config : with_classes(checkpoint.config, 0), checkpoint.preprocess,
                checkpoint.source, options.bf16 ? FileDType::bf16 : FileDType::f32);
}

}  // namespace ax
