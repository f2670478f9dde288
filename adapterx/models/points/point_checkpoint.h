// A point transformer's checkpoint: of ours, or under the names of Point-BERT, Point-MAE, ACT, ReCon and
// DAPT, which differ in what stands before them ("base_model.module.MAE_encoder.", "ACT_encoder.",
// "transformer_q.") and share the rest.
#pragma once

#include <memory>

#include "adapterx/data/points/point_preprocess.h"
#include "adapterx/models/backbone.h"
#include "adapterx/models/points/point_transformer.h"

namespace ax {

struct PointCheckpoint {
  PointTransformerConfig config;
  PointPreprocess preprocess;
  LoadReport report;
  PlannedCheckpoint plan;  // gives a class token that the file lacks, always the same
};

// Whether the file holds a point transformer, as its names tell.
bool is_point_checkpoint(const TensorFile& file);

// As BackboneFamily::open; what neither file nor request says is as Point-MAE has it.
PointCheckpoint open_point_checkpoint(const std::shared_ptr<const TensorFile>& file,
                                      const BackboneRequest& request);

// What the settings say of how the model is used: points, groups, heads, positions, pooling.
void apply(const ModelConfig& settings, PointTransformerConfig& config);

}  // namespace ax
