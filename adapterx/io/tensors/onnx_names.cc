#include "adapterx/io/tensors/onnx_names.h"

#include <algorithm>
#include <cstring>

namespace ax::onnx {
namespace {

enum class Stored : uint8_t { same, transposed, as_trans_b };

struct Rule {
  std::string_view op;
  size_t input;
  int rank;  // of the tensor; 0: any
  std::string_view parameter;
  Stored stored = Stored::same;
};

constexpr Rule kRules[] = {
    {"MatMul", 1, 2, "weight", Stored::transposed},
    {"Gemm", 1, 2, "weight", Stored::as_trans_b},
    {"Gemm", 2, 1, "bias"},
    {"Conv", 1, 0, "weight"},
    {"Conv", 2, 1, "bias"},
    {"ConvTranspose", 1, 0, "weight"},
    {"ConvTranspose", 2, 1, "bias"},
    {"LayerNormalization", 1, 0, "weight"},
    {"LayerNormalization", 2, 0, "bias"},
    {"Add", 0, 1, "bias"},
    {"Add", 1, 1, "bias"},
};
// Of the rule for positions.
constexpr std::string_view kWhole = "Add", kHead = "Concat", kGrid = "Reshape";
constexpr std::string_view kPatches = "patch_embeddings.projection.weight";

// "/encoder/layer.0/fc1/MatMul" to "encoder.layer.0.fc1"; nothing where it is no path.
std::optional<std::string> module_of(std::string_view node) {
  if (!node.starts_with('/')) return std::nullopt;
  std::string module(node.substr(1, std::max<size_t>(node.rfind('/'), 1) - 1));
  std::ranges::replace(module, '/', '.');
  return module;
}

std::string join(const std::string& module, std::string_view name) {
  return module.empty() ? std::string(name) : module + "." + std::string(name);
}

TensorInfo transposed(TensorInfo matrix) {
  const int64_t rows = matrix.shape[0], columns = matrix.shape[1];
  matrix.shape = {columns, rows};
  if (rows > 1 && columns > 1) matrix.strides = {1, columns};
  return matrix;
}

// Two tensors [1, n, d] one after the other.
TensorInfo joined(const TensorInfo& head, const TensorInfo& grid, std::vector<Buffer>& owned) {
  TensorInfo both = grid;
  both.shape = grid.shape.with(1, head.shape[1] + grid.shape[1]);
  Buffer bytes(head.data.size() + grid.data.size());
  std::memcpy(bytes.data(), head.data.data(), head.data.size());
  std::memcpy(bytes.data() + head.data.size(), grid.data.data(), grid.data.size());
  owned.push_back(std::move(bytes));
  both.data = {owned.back().data(), owned.back().size()};
  return both;
}

// The positions of one module of embeddings among the tensors that have a use.
class Positions {
 public:
  Positions(TensorMap& tensors, const Uses& uses, std::string module, int64_t width)
      : tensors_(tensors), uses_(uses), module_(std::move(module)), width_(width) {}

  void give_name(std::vector<Buffer>& owned) {
    const std::string name = join(module_, "position_embeddings");
    if (tensors_.contains(name)) return;
    find_parts();
    if (whole_.size() == 1) {
      auto entry = tensors_.extract(whole_[0]);
      entry.key() = name;
      tensors_.insert(std::move(entry));
    } else if (head_.size() == 1 && grid_.size() == 1) {
      const auto head = tensors_.find(head_[0]), grid = tensors_.find(grid_[0]);
      if (head->second.dtype != grid->second.dtype) return;
      tensors_.emplace(name, joined(head->second, grid->second, owned));
      tensors_.erase(head);
      tensors_.erase(grid);
    }
  }

 private:
  void find_parts() {
    for (const auto& [tensor, use] : uses_) {
      const auto found = tensors_.find(tensor);
      if (!is_made_up(tensor) || found == tensors_.end() || module_of(use.node) != module_) continue;
      const TensorInfo& info = found->second;
      if (info.dtype == FileDType::other || info.shape.rank() != 3 || info.shape[0] != 1 ||
          info.shape[1] < 1 || info.shape[2] != width_) {
        continue;
      }
      if (use.op == kWhole) whole_.push_back(tensor);
      if (use.op == kHead && info.shape[1] == 1) head_.push_back(tensor);
      if (use.op == kGrid && use.input == 0) grid_.push_back(tensor);
    }
  }

  TensorMap& tensors_;
  const Uses& uses_;
  std::string module_;
  int64_t width_;
  std::vector<std::string> whole_, head_, grid_;
};

// The modules of embeddings, and the width of their tokens.
std::map<std::string, int64_t> embeddings(const TensorMap& tensors) {
  std::map<std::string, int64_t> modules;
  for (const auto& [name, tensor] : tensors) {
    if (!name.ends_with(kPatches) || tensor.shape.rank() != 4) continue;
    std::string module = name.substr(0, name.size() - kPatches.size());
    if (!module.empty() && module.back() != '.') continue;
    if (!module.empty()) module.pop_back();
    modules.emplace(std::move(module), tensor.shape[0]);
  }
  return modules;
}

}  // namespace

bool is_made_up(std::string_view name) { return name.starts_with("onnx::") || name.starts_with('/'); }

bool is_telling(const NodeMessage& node) {
  const bool of_positions = node.op == kHead || node.op == kGrid;
  return node.domain.empty() && (of_positions || std::ranges::count(kRules, node.op, &Rule::op) > 0);
}

std::optional<Place> place_of(const Use& use, const Shape& shape) {
  const auto module = module_of(use.node);
  if (!module || !use.node.ends_with("/" + use.op)) return std::nullopt;
  for (const Rule& rule : kRules) {
    if (rule.op != use.op || rule.input != use.input) continue;
    if (rule.rank != 0 && rule.rank != shape.rank()) continue;
    const bool transposed =
        rule.stored == Stored::transposed || (rule.stored == Stored::as_trans_b && !use.trans_b);
    return Place{join(*module, rule.parameter), transposed};
  }
  return std::nullopt;
}

void name_by_use(TensorMap& tensors, const Uses& uses, std::vector<Buffer>& owned) {
  for (const auto& [name, use] : uses) {
    const auto found = tensors.find(name);
    if (!is_made_up(name) || found == tensors.end() || found->second.dtype == FileDType::other) continue;
    const auto place = place_of(use, found->second.shape);
    if (!place || tensors.contains(place->name)) continue;
    tensors.emplace(place->name, place->transposed ? transposed(found->second) : found->second);
    tensors.erase(found);
  }
  for (const auto& [module, width] : embeddings(tensors)) {
    Positions(tensors, uses, module, width).give_name(owned);
  }
}

}  // namespace ax::onnx
