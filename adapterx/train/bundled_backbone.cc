#include "adapterx/train/bundled_backbone.h"

#include <fmt/ranges.h>

#include "adapterx/base/error.h"
#include "adapterx/models/backbone.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

bool names_backbone(const ModelConfig& m) {
  return !m.name.empty() || !m.weights.empty() || m.width > 0 || m.depth > 0 || m.heads > 0 ||
         m.patch_size > 0 || m.mlp_ratio > 0;
}

}  // namespace

fs::path running_program() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error);
}

std::vector<fs::path> weights_folders(const fs::path& program) {
  const fs::path folder = program.parent_path();
  const auto from = [&](const char* path) { return (folder / path).lexically_normal(); };
  return {from("weights"), from("../share/adapterx/weights"), from("../../../weights")};
}

std::optional<fs::path> find_bundled(std::string_view file, const fs::path& program) {
  if (fs::path(file).filename() != file) return std::nullopt;  // names in adapters may be anything
  for (const fs::path& folder : weights_folders(program)) {
    std::error_code ignored;
    if (fs::is_regular_file(folder / file, ignored)) return folder / file;
  }
  return std::nullopt;
}

std::string bundled_places(std::string_view file, const fs::path& program) {
  std::vector<std::string> folders;
  for (const fs::path& folder : weights_folders(program)) folders.push_back(folder.string());
  return fmt::format("looked for {} in {}", file, fmt::join(folders, ", "));
}

std::optional<BundledChoice> choose_bundled(ModelConfig& model, const DatasetSpec& data,
                                            const fs::path& program) {
  if (names_backbone(model)) return std::nullopt;
  const BundledBackbone bundled = family_of_data(data).bundled();
  const auto file = find_bundled(bundled.file, program);
  if (!file) {
    fail("no --weights were given, and the bundled backbone is not there: {}; give a checkpoint by --weights",
         bundled_places(bundled.file, program));
  }
  model.weights = file->string();
  BundledChoice choice;
  choice.resized = bundled.image_size > 0;
  if (choice.resized && model.image_size == 0) model.image_size = bundled.image_size;
  const std::string size = choice.resized ? fmt::format(", at {} px", model.image_size) : "";
  choice.text = fmt::format("{}, bundled{}: {}", file->stem().string(), size, model.weights);
  return choice;
}

}  // namespace ax
