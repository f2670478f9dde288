// For tests: a small backbone of each family, and files of them.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <vector>

#include "adapterx/io/tensors/safetensors.h"
#include "adapterx/models/points/point_family.h"
#include "adapterx/models/synthetic_weights.h"
#include "adapterx/models/vit/vit_family.h"

namespace ax {

inline VitConfig micro_vit() {
  VitConfig c;
  c.image_size = 16;
  c.patch_size = 4;
  c.width = 24;
  c.depth = 2;
  c.heads = 3;
  c.mlp_ratio = 2;
  c.classes = 7;
  return c;
}

inline PointTransformerConfig micro_points() {
  PointTransformerConfig c;
  c.points = 24;
  c.groups = 8;
  c.group_size = 3;
  c.encoder = {4, 6, 8, 24};
  c.position_hidden = 8;
  c.width = 24;
  c.depth = 2;
  c.heads = 3;
  c.mlp_ratio = 2;
  c.classes = 7;
  c.head_hidden = 16;
  return c;
}

// The ViT's activation, norm_eps and way to resample positions are none that a file's names would tell.
inline std::vector<BackbonePtr> micro_backbones() {
  VitConfig vit = micro_vit();
  vit.act = Activation::quick_gelu;
  vit.norm_eps = 1e-4f;
  vit.position_resample = PositionResample::bilinear;
  return {vit_backbone(vit), point_backbone(micro_points())};
}

// Tensors that own their values.
struct OwnedTensors {
  TensorMap tensors;
  std::map<std::string, std::vector<float>> values;

  void add(const std::string& name, const Shape& shape) {
    std::vector<float>& own = values[name];
    own.resize(static_cast<size_t>(shape.size()));
    fill_synthetic(name, shape, own);
    tensors[name] = f32_tensor(shape, own);
  }
  void add_all(const ParameterShapes& shapes) {
    for (const auto& [name, shape] : shapes) add(name, shape);
  }
  // As a file; the values must outlive it.
  TensorFile file(const MetadataMap& metadata = {}) const {
    return {FileBytes::borrow("model.safetensors", {}), "safetensors", tensors, metadata};
  }
};

// A path that is removed in the end.
struct TemporaryFile {
  explicit TemporaryFile(const std::string& name)
      : path(std::filesystem::temp_directory_path() / fmt::format("ax_{}_{}", ::getpid(), name)) {}
  ~TemporaryFile() { std::filesystem::remove(path); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  std::filesystem::path path;
};

}  // namespace ax
