// A vision transformer's checkpoint, of any family that models/checkpoint/key_maps.h knows: its architecture,
// a source of its parameters under our names, and a report of what was found.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "adapterx/data/images/preprocess.h"
#include "adapterx/graph/frozen_weights.h"
#include "adapterx/models/checkpoint/load_report.h"
#include "adapterx/models/vit/vit.h"

namespace ax {

// What the caller knows or wants; absent: as the file has it.
struct VitRequest {
  std::string model;                  // a preset (models/vit/vit_presets.h) the file has to be of
  std::optional<int64_t> image_size;  // position embeddings are resampled to it
  std::optional<int64_t> classes;     // of the head: one of another number of classes is replaced
  std::optional<int64_t> heads;
  std::optional<Activation> act;
  std::optional<float> norm_eps;
  bool strict = true;  // tensors of the file that nothing explains are an error
};

struct VitCheckpoint {
  VitConfig config;
  Preprocess preprocess;  // of the family or preset; size: config.image_size
  LoadReport report;
  WeightSource source;    // holds the file open
  bool has_head = false;  // whether logits come from the file (else from a fresh head, or there is none)
  bool is_projection =
      false;  // whether that head is no classifier, but CLIP's projection to image embeddings
};

// Throws Error, naming file and tensor, on a file that can't be read, is of no known family or of another
// architecture than the preset, lacks a parameter, or (strict) holds a tensor that nothing explains.
VitCheckpoint open_vit_checkpoint(const std::filesystem::path& path, const VitRequest& request = {});

}  // namespace ax
