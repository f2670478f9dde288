// A vision transformer's checkpoint, of any library that models/checkpoint/key_maps.h knows: its
// architecture, a source of its parameters under our names, and a report of what was found.
#pragma once

#include <memory>

#include "adapterx/data/images/preprocess.h"
#include "adapterx/models/backbone.h"
#include "adapterx/models/vit/vit.h"

namespace ax {

struct VitCheckpoint {
  VitConfig config;
  Preprocess preprocess;  // of the library or preset; size: config.image_size
  LoadReport report;
  PlannedCheckpoint plan;
  bool is_projection = false;  // BackboneCheckpoint::is_projection
};

// As BackboneFamily::open. Of request.model the preset's name, heads and image_size mean something.
VitCheckpoint open_vit_checkpoint(const std::shared_ptr<const TensorFile>& file,
                                  const BackboneRequest& request);

}  // namespace ax
