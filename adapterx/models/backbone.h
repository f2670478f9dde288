// Backbone: whichever transformer is adapted, of images or of point clouds. What is the same for both is
// asked here; the rest of a model is in its own files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "adapterx/data/images/preprocess.h"
#include "adapterx/data/points/point_preprocess.h"
#include "adapterx/graph/frozen_weights.h"
#include "adapterx/graph/graph.h"
#include "adapterx/io/tensors/tensor_file.h"
#include "adapterx/models/load_report.h"
#include "adapterx/models/point_checkpoint.h"
#include "adapterx/models/point_transformer.h"
#include "adapterx/models/vit.h"
#include "adapterx/models/vit_checkpoint.h"
#include "adapterx/slots/slots.h"

namespace ax {

using BackboneConfig = std::variant<VitConfig, PointTransformerConfig>;
using InputPreprocess = std::variant<Preprocess, PointPreprocess>;
using BackboneRequest = std::variant<VitRequest, PointRequest>;

struct BackboneBuild {
  int64_t batch = 1;
  bool training = false;
  float drop_path = 0;
  bool from_scratch = false;
};

struct BuiltBackbone {
  Value input;             // named input_name(): images or points
  Value features, logits;  // [B, d_f], [B, classes]; logits absent without classes
};

// "224 px, bicubic ..." or "1,024 points, unit sphere", for people.
std::string to_string(const InputPreprocess& preprocess);

BuiltBackbone build_backbone(Graph& graph, const BackboneConfig& config, const BackboneBuild& build,
                             Slots& slots);

// The parameters without a method, by name and shape.
std::map<std::string, Shape, std::less<>> backbone_parameters(const BackboneConfig& config);

std::string_view input_name(const BackboneConfig& config);  // "images" or "points"
int64_t classes_of(const BackboneConfig& config);
BackboneConfig with_classes(BackboneConfig config, int64_t classes);
bool is_point_backbone(const BackboneConfig& config);

// For methods that lengthen the token list (Method::positions_once): positions of a point transformer are
// added once, as DAPT has it. No other model is changed.
void add_positions_once(BackboneConfig& config);

// The architecture of a preset, of either kind. Throws Error with the nearest name.
BackboneConfig backbone_preset(std::string_view name);

struct BackboneCheckpoint {
  BackboneConfig config;
  InputPreprocess preprocess;
  LoadReport report;
  WeightSource source;
  bool has_head = false;
};

// As the request's kind opens it.
BackboneCheckpoint open_backbone(const std::filesystem::path& path, const BackboneRequest& request);

// What a request must say to get the model that a file of ours describes, whatever checkpoint it is on.
BackboneRequest request_for(const BackboneConfig& config);

// Whether a file holds a point transformer; else it is taken for a ViT. Throws Error where it can't be read.
bool holds_point_backbone(const std::filesystem::path& path);

void write_backbone_metadata(const BackboneConfig& config, const InputPreprocess& preprocess,
                             MetadataMap& metadata);

struct BackboneMetadata {
  BackboneConfig config;
  InputPreprocess preprocess;
};
// Absent where the file says nothing. Throws Error naming file and key on what is no model.
std::optional<BackboneMetadata> read_backbone_metadata(const TensorFile& file);

}  // namespace ax
