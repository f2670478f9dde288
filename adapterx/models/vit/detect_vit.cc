#include "adapterx/models/vit/detect_vit.h"

#include <cmath>

#include "adapterx/base/error.h"

namespace ax {
namespace {

class Detector {
 public:
  Detector(const ForeignNames& names, const FoundKeyMap& found) : names_(names), found_(found) {}

  VitConfig run(std::optional<int64_t> heads) const {
    VitConfig c;
    c.norm_eps = found_.map->norm_eps;
    c.act = found_.map->act;
    c.position_resample = found_.map->position_resample;
    read_patches(c);
    while (has(block_name("blocks.#.norm1.weight", c.depth))) ++c.depth;
    c.mlp_ratio = mlp_ratio_of(rows("blocks.0.mlp.fc1.bias"), c.width);
    c.qkv_bias = has("blocks.0.attn.qkv.bias");
    c.patch_bias = has("patch_embed.proj.bias");
    c.pre_norm = has("norm_pre.weight");
    c.layer_scale = has("blocks.0.ls1.gamma");
    c.distilled = has("dist_token");
    c.pool = has("fc_norm.weight") ? Pool::mean : Pool::class_token;
    if (has("reg_token")) c.registers = need("reg_token").shape.size() / c.width;
    c.classes = has("head.weight") ? need("head.weight").shape.size() / c.width : 0;
    c.heads = heads ? *heads : detect_heads(c.width);
    read_positions(c);
    return c;
  }

 private:
  struct Source {
    const TensorInfo* tensor = nullptr;
    std::string name;
    Layout layout = Layout::same;
  };

  // The first tensor that the family's rules name for a parameter of ours.
  Source source(const std::string& ours) const {
    for (const KeyRule& rule : found_.map->rules) {
      const auto block = block_of(rule.ours, ours);
      if (!block) continue;
      const std::string name = ForeignNames::at_root(found_.root, block_name(rule.theirs[0], *block));
      if (const TensorInfo* tensor = names_.find(name)) return {tensor, names_.original(name), rule.layout};
    }
    return {};
  }

  bool has(const std::string& ours) const { return source(ours).tensor != nullptr; }

  const TensorInfo& need(const std::string& ours) const {
    const Source s = source(ours);
    if (s.tensor == nullptr) {
      fail("{}: expected a tensor for {} under `{}` ({}), got none", names_.file().path(), ours, found_.root,
           found_.map->title);
    }
    return *s.tensor;
  }

  int64_t rows(const std::string& ours) const { return need(ours).shape.size(); }

  void read_patches(VitConfig& c) const {
    const Shape& s = need("patch_embed.proj.weight").shape;
    const Source source_of = source("patch_embed.proj.weight");
    if (s.rank() != 4) reject(source_of.name, "[width, channels, patch, patch]", s);
    const bool hwio = source_of.layout == Layout::hwio;
    const int64_t height = hwio ? s[0] : s[2], width = hwio ? s[1] : s[3];
    c.width = hwio ? s[3] : s[0];
    c.channels = hwio ? s[2] : s[1];
    c.patch_size = height;
    c.depth = 0;
    if (height != width || height < 1 || c.width < 1 || c.channels < 1)
      reject(source_of.name, "square patches", s);
  }

  // The embedding covers a square of patches and, before it, all prefix tokens, the class token or none.
  void read_positions(VitConfig& c) const {
    const int64_t positions = need("pos_embed").shape.size() / c.width;
    for (const int64_t covered : {c.prefix(), int64_t{1}, int64_t{0}}) {
      const auto grid =
          static_cast<int64_t>(std::lround(std::sqrt(static_cast<double>(positions - covered))));
      if (positions <= covered || grid * grid != positions - covered) continue;
      c.positioned_prefix = covered;
      c.image_size = grid * c.patch_size;
      return;
    }
    fail("{}: {}: expected positions of a square of patches, got {}", names_.file().path(),
         source("pos_embed").name, positions);
  }

  int64_t detect_heads(int64_t width) const {
    const Source query = source("blocks.0.attn.qkv.weight");
    if (query.tensor != nullptr && query.layout == Layout::transposed && query.tensor->shape.rank() == 3) {
      return query.tensor->shape[1];
    }
    constexpr int64_t kHead = 64;
    if (width % kHead != 0) {
      fail(
          "{}: the number of attention heads isn't in the file, and a width of {} isn't a multiple of {}: "
          "give the number of heads",
          names_.file().path(), width, kHead);
    }
    return width / kHead;
  }

  [[noreturn]] void reject(const std::string& name, std::string_view expected, const Shape& got) const {
    fail("{}: {}: expected {}, got {}", names_.file().path(), name, expected, to_string(got));
  }

  const ForeignNames& names_;
  const FoundKeyMap& found_;
};

}  // namespace

VitConfig detect_vit(const ForeignNames& names, const FoundKeyMap& found, std::optional<int64_t> heads) {
  return Detector(names, found).run(heads);
}

}  // namespace ax
