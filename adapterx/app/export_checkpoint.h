// A checkpoint of any library as a file of ours, to ship a backbone.
#pragma once

#include <filesystem>

#include "adapterx/models/backbone.h"

namespace ax {

struct ExportOptions {
  bool bf16 = false;       // half the size: values rounded to bfloat16
  bool keep_head = false;  // with the classifier, where there is one; else the backbone alone
};

// Writes safetensors under our names, with all that says what the model is.
void export_checkpoint(const BackboneCheckpoint& checkpoint, const std::filesystem::path& out,
                       const ExportOptions& options = {});

}  // namespace ax
