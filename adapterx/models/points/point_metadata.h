// What a safetensors file of ours says about the point transformer in it, as JSON texts in its metadata: see
// models/checkpoint/metadata_keys.h for the keys. The model's has "kind": "point_transformer".
#pragma once

#include <optional>

#include "adapterx/data/points/point_preprocess.h"
#include "adapterx/io/tensors/tensor_file.h"
#include "adapterx/models/points/point_transformer.h"

namespace ax {

void write_point_metadata(const PointTransformerConfig& config, const PointPreprocess& preprocess,
                          MetadataMap& metadata);

struct PointMetadata {
  PointTransformerConfig config;
  PointPreprocess preprocess;
};

// Absent where the file says nothing, or is of another kind of model. Throws Error naming file and key on
// JSON of another form and on values no model has.
std::optional<PointMetadata> read_point_metadata(const TensorFile& file);

// Names of the choices in settings and files: "every_block", "once"; "update", "fixed"; "none", "mean",
// "max". parse_ functions throw Error with the nearest.
std::string to_string(PositionUse use);
std::string to_string(FrozenBatchNorm use);
std::string to_string(TokenPool pool);
PositionUse parse_position_use(std::string_view name);
FrozenBatchNorm parse_frozen_batch_norm(std::string_view name);
TokenPool parse_token_pool(std::string_view name);

}  // namespace ax
