// A point transformer's checkpoint: of ours, or under the names of Point-BERT, Point-MAE, ACT, ReCon and
// DAPT, which differ in what stands before them ("base_model.module.MAE_encoder.", "ACT_encoder.",
// "transformer_q.") and share the rest.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "adapterx/data/points/point_preprocess.h"
#include "adapterx/graph/frozen_weights.h"
#include "adapterx/io/tensors/tensor_file.h"
#include "adapterx/models/checkpoint/load_report.h"
#include "adapterx/models/points/point_transformer.h"

namespace ax {

// What the caller knows or wants; absent: as the file or the preset has it, else as Point-MAE.
struct PointRequest {
  std::string model;  // a preset (models/points/point_presets.h) the file has to be of
  std::optional<int64_t> points, groups, group_size;
  std::optional<int64_t> classes;  // of the head: one of another number of classes is replaced
  std::optional<int64_t> heads;
  std::optional<PositionUse> positions;
  std::optional<FrozenBatchNorm> batch_norm;
  std::optional<TokenPool> pool_prompts, pool_groups;
  bool strict = true;  // tensors of the backbone that nothing explains are an error
};

struct PointCheckpoint {
  PointTransformerConfig config;
  PointPreprocess preprocess;
  LoadReport report;
  WeightSource source;  // holds the file open; gives a class token that the file lacks, always the same
  bool has_head = false;
};

// Whether the file holds a point transformer, as its names tell.
bool is_point_checkpoint(const TensorFile& file);

// Throws Error, naming file and tensor, on a file that can't be read, holds no point transformer or one of
// another architecture than the preset, lacks a parameter, or (strict) has a tensor that nothing explains.
PointCheckpoint open_point_checkpoint(const std::filesystem::path& path, const PointRequest& request = {});

}  // namespace ax
