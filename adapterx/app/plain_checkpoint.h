// A checkpoint without an adapter: the model as its library trained it, to predict with or to ship as a file
// of ours.
#pragma once

#include <filesystem>

#include "adapterx/models/backbone.h"

namespace ax {

struct PlainCheckpoint : BackboneCheckpoint {
  bool is_projection = false;  // what the head gives are embeddings, no classes: CLIP's
};

// As the request's kind opens it; throws Error as open_backbone does.
PlainCheckpoint open_plain_checkpoint(const std::filesystem::path& path, const BackboneRequest& request);

struct ExportOptions {
  bool bf16 = false;       // half the size: values rounded to bfloat16
  bool keep_head = false;  // with the classifier, where there is one; else the backbone alone
};

// Writes safetensors under our names, with all that says what the model is.
void export_checkpoint(const PlainCheckpoint& checkpoint, const std::filesystem::path& out,
                       const ExportOptions& options = {});

}  // namespace ax
