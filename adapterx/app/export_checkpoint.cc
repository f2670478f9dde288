#include "adapterx/app/export_checkpoint.h"

#include "adapterx/train/adapter_file.h"

namespace ax {

void export_checkpoint(const BackboneCheckpoint& checkpoint, const std::filesystem::path& out,
                       const ExportOptions& options) {
  BackboneModel model = checkpoint;
  if (!options.keep_head || !checkpoint.has_head) model.backbone = model.backbone->with_classes(0);
  save_backbone(out, model, checkpoint.source, options.bf16 ? FileDType::bf16 : FileDType::f32);
}

}  // namespace ax
