// adapter.safetensors: what a run trained, head included, with everything that is needed to use it again. The
// tensors have their names in the model; the metadata are JSON texts under keys "adapterx.*":
//
//   version     1                          classes     ["cat", "dog"]
//   method      {"name", "settings"}       backbone    {"name", "hash"}; not where all parameters are here
//   model       Backbone::write_metadata   training    {"epochs", "best_epoch", "accuracy" ...}
//   preprocess  (both)
//
// A file without `backbone` is a whole model under our names: open_backbone reads it, too.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapterx/graph/trained_parameters.h"
#include "adapterx/io/tensors/tensor_file.h"
#include "adapterx/models/backbone.h"
#include "adapterx/train/backbone_hash.h"

namespace ax {

struct AdapterInfo {
  std::string method;
  std::vector<std::string> settings;  // "key=value"; all the method has, see resolved_settings
  BackbonePtr model;
  ModelInputPtr input;
  std::vector<std::string> classes;    // names, as many as the model has
  std::optional<BackboneId> backbone;  // absent: the file is a whole model
  std::map<std::string, double> training;
};

// Every setting of a method, its default where it is not among those given: what a file keeps, so that a
// default that changes later alters no adapter.
std::vector<std::string> resolved_settings(const std::string& method, const std::vector<std::string>& given);

// `values`: in the layout of the trained parameters (their own, or a moving average). Written whole or not at
// all. Throws Error naming the file.
void save_adapter(const std::filesystem::path& path, const AdapterInfo& info,
                  const TrainedParameters& trained, std::span<const float> values);

struct AdapterFile {
  std::string path;
  AdapterInfo info;
  std::shared_ptr<const TensorFile> file;
  size_t bytes = 0;

  // The file's tensors, then those of the backbone.
  WeightSource source(WeightSource backbone) const;
};

// Throws Error naming file and key where it is no adapter, of a later version, or damaged.
AdapterFile open_adapter(const std::filesystem::path& path);

// Throws Error, naming both, where the weights given are not those the adapter was trained on.
void expect_backbone(const AdapterFile& adapter, const std::filesystem::path& weights,
                     const BackboneId& given);

// The values of a file saved by save_adapter, into the layout of the trained parameters; a parameter it lacks
// is an Error.
void load_values(const AdapterFile& adapter, const TrainedParameters& trained, std::span<float> values);

// The names of the classes, as adapters and whole models keep them.
MetadataMap class_metadata(const std::vector<std::string>& classes);

// A whole model as a file of ours under our names, in f32 or bf16, its head left out where the model
// has no classes: to ship a backbone.
void save_backbone(const std::filesystem::path& path, const BackboneModel& model, const WeightSource& source,
                   FileDType dtype, const MetadataMap& metadata = {});

}  // namespace ax
