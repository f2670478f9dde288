// Vision transformers as a row of the table of backbone families.
#pragma once

#include "adapterx/models/backbone.h"
#include "adapterx/models/vit/vit.h"

namespace ax {

const BackboneFamily& vit_family();

BackbonePtr vit_backbone(const VitConfig& config);
// The architecture of a backbone of this family. Throws Error on one of another.
const VitConfig& vit_config(const Backbone& backbone);

}  // namespace ax
