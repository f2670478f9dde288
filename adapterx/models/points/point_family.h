// Point transformers as a row of the table of backbone families.
#pragma once

#include "adapterx/models/backbone.h"
#include "adapterx/models/points/point_transformer.h"

namespace ax {

const BackboneFamily& point_family();

BackbonePtr point_backbone(const PointTransformerConfig& config);
// The architecture of a backbone of this family. Throws Error on one of another.
const PointTransformerConfig& point_config(const Backbone& backbone);

}  // namespace ax
