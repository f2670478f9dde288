// Backbone: the transformer that is adapted, as an architecture to build; BackboneFamily: a kind of such
// transformers, one row of a table. All that depends on the kind is asked of the row: how a checkpoint is
// recognised and opened, presets, the graph, which data it takes, its metadata. Nothing above asks which row
// it has.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/data/dataset.h"
#include "adapterx/data/model_input.h"
#include "adapterx/graph/frozen_weights.h"
#include "adapterx/graph/graph.h"
#include "adapterx/io/tensors/tensor_file.h"
#include "adapterx/kernels/elementwise/activation.h"
#include "adapterx/models/checkpoint/checkpoint_description.h"
#include "adapterx/models/checkpoint/checkpoint_planner.h"
#include "adapterx/models/checkpoint/load_report.h"
#include "adapterx/models/masked_options.h"
#include "adapterx/models/model_config.h"
#include "adapterx/models/vit/pos_embed.h"
#include "adapterx/slots/features.h"
#include "adapterx/slots/slots.h"

namespace ax {

class Backbone;
class BackboneFamily;
using BackbonePtr = std::shared_ptr<const Backbone>;

struct BackboneBuild {
  int64_t batch = 1;
  bool training = false;
  // Drop path of the last block; block l of L gets l / (L - 1) of it (timm). Used when training.
  float drop_path = 0;
  // Parameters that no checkpoint holds have starts of their own (models/blocks.h). Otherwise only the head
  // has one, and a missing parameter is an error.
  bool from_scratch = false;
};

struct BuiltBackbone {
  Value input;  // named ModelInput::name()
  Features features;
};

// Masked pretraining: most of a sample is hidden, and a decoder draws what is hidden from what is seen.
struct MaskedBackbone {
  Value input;
  Value pooled;  // [B, d_f]: of what was seen
  Value loss;    // scalar
};

// What opens a backbone: the user's settings, and what the run or a file of ours adds. 0, "" and absent: as
// the file has it.
struct BackboneRequest {
  ModelConfig model;
  std::optional<int64_t> classes;  // of the head: one of another number of classes is replaced
  std::optional<Activation> act;
  std::optional<float> norm_eps;
  std::optional<PositionResample> position_resample;  // of a ViT, as an adapter over the checkpoint has it
  // The wish of a method that lengthens the token list (Method::positions_once), where model.positions is "".
  bool positions_once = false;
  bool strict = true;  // tensors of the file that nothing explains are an error
};

// An architecture with all its sizes; immutable.
class Backbone {
 public:
  virtual ~Backbone() = default;

  virtual const BackboneFamily& family() const = 0;
  virtual std::string text() const = 0;  // "ViT of width 192, depth 6, patch size 8"
  virtual int64_t width() const = 0;
  virtual int64_t depth() const = 0;
  virtual double mlp_ratio() const = 0;
  virtual int64_t patches() const = 0;  // tokens of a sample that are patches (of clouds: groups)
  // Of the classification head that belongs to this model; 0: it has none. The head itself is a task's
  // (Features::head).
  virtual int64_t classes() const = 0;
  virtual BackbonePtr with_classes(int64_t classes) const = 0;
  // For methods that lengthen the token list by tokens without positions (Method::positions_once): the same
  // model, its positions added once where it can add them before every block.
  virtual BackbonePtr with_positions_once() const = 0;

  // Builds the graph, calling the slots of a method on the way. Throws Error on sizes that don't fit.
  virtual BuiltBackbone build(Graph& graph, const BackboneBuild& build, Slots& slots) const = 0;
  // Masked pretraining of it; the slots say what of it is trained, the decoder always is. Throws Error where
  // nothing would be hidden, or seen, and on an architecture that masking isn't defined for.
  virtual MaskedBackbone build_masked(Graph& graph, const MaskedOptions& options, const BackboneBuild& build,
                                      Slots& slots) const = 0;

  std::string_view input_name() const;  // ModelInput::name of what it takes: "images", "points"

  // What opens this architecture over whichever checkpoint holds its parameters.
  virtual BackboneRequest request() const = 0;
  virtual void write_metadata(const ModelInput& input, MetadataMap& metadata) const = 0;

  // The parameters without a method, running statistics included, by name and shape.
  ModelParameters parameters() const;
};

struct BackboneModel {
  BackbonePtr backbone;
  ModelInputPtr input;
};

struct BackboneCheckpoint : BackboneModel {
  LoadReport report;
  WeightSource source;         // holds the file open
  ParameterShapes stored;      // the backbone's parameters as the file has them, which `source` gives, too
  bool has_head = false;       // whether logits come from the file (else from a fresh head, or there is none)
  bool is_projection = false;  // whether that head is no classifier, but CLIP's projection to embeddings
  std::vector<std::string> classes;  // names of that head's, where the file, one of ours, says them
};

// The file that comes with the program for those who name no weights.
struct BundledBackbone {
  std::string_view file;   // "point_small.safetensors"
  int64_t image_size = 0;  // at which it is run where nobody says another; 0: its own
};

class BackboneFamily {
 public:
  virtual ~BackboneFamily() = default;

  virtual std::string_view name() const = 0;  // "vit", "point_transformer"
  virtual std::string_view noun() const = 0;  // "vision transformer"
  // The input it takes, with preprocessing that no weights have said: to open data sets and find files.
  virtual ModelInputPtr input() const = 0;
  virtual BundledBackbone bundled() const = 0;

  // Published models by name. A family may understand further names of the same pattern.
  virtual const std::vector<std::string>& preset_names() const = 0;
  // Throws Error with the nearest name.
  virtual BackboneModel preset(std::string_view name) const = 0;
  // A preset or, where the family allows it, sizes alone. Throws Error naming what is missing.
  virtual BackboneModel from_scratch(const ModelConfig& config) const = 0;

  // Throws Error, beginning with the file, on what of the request no setting says whose it is: activation and
  // norm_eps, where this family fixes them.
  virtual void expect_options(const std::string& file, const BackboneRequest& request) const = 0;
  // Whether a file holds a backbone of this family, as its names tell.
  virtual bool holds(const TensorFile& file) const = 0;
  // Throws Error, naming file and tensor, on a file that holds no backbone of this family or one of another
  // architecture than the preset, lacks a parameter, or (strict) has a tensor that nothing explains.
  virtual BackboneCheckpoint open(const std::shared_ptr<const TensorFile>& file,
                                  const BackboneRequest& request) const = 0;
  // What a file of ours says of the model in it; absent where it says nothing or is of another family. Throws
  // Error naming file and key on what is no model.
  virtual std::optional<BackboneModel> read_metadata(const TensorFile& file) const = 0;

  // For people. Throws Error with the reason where the file holds no whole backbone of this family, and on an
  // unknown preset.
  virtual CheckpointDescription describe(const TensorFile& file) const = 0;
  virtual PresetDescription describe_preset(std::string_view name) const = 0;
};

// All families. The last takes whatever file no other holds, and says what it expected.
std::span<const BackboneFamily* const> backbone_families();

// The family that has this preset, by its list and its pattern. Throws Error with the nearest name of all.
const BackboneFamily& family_of_preset(std::string_view name);
BackboneModel backbone_preset(std::string_view name);

// Throws Error where the file is an adapter, which is no whole model, or can't be read.
std::shared_ptr<const TensorFile> open_backbone_file(const std::filesystem::path& path);
const BackboneFamily& family_of_file(const TensorFile& file);
// The family whose input recognises the data; the last where none does.
const BackboneFamily& family_of_data(const DatasetSpec& data);
CheckpointDescription describe_checkpoint(const TensorFile& file);  // as its family describes it
BackboneCheckpoint open_backbone(const std::filesystem::path& path, const BackboneRequest& request);

// Absent where the file says nothing.
std::optional<BackboneModel> read_backbone_metadata(const TensorFile& file);

}  // namespace ax
