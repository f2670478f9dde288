#include "adapterx/app/predict_model.h"

#include <fstream>

#include "adapterx/base/error.h"

namespace ax {

namespace fs = std::filesystem;

PredictModel predict_model(const BackboneCheckpoint& checkpoint) {
  PredictModel model;
  model.backbone = checkpoint.backbone;
  model.input = checkpoint.input;
  model.has_logits = checkpoint.has_head;
  model.classifies = checkpoint.has_head && !checkpoint.is_projection;
  model.classes = checkpoint.classes;
  model.source = checkpoint.source;
  return model;
}

PredictModel open_predict_model(const fs::path& adapter, const std::string& weights) {
  PredictModel model;
  model.adapted = open_adapted_model(adapter, weights);
  const AdapterInfo& info = model.adapted->adapter.info;
  model.backbone = info.model;
  model.input = info.input;
  model.has_logits = model.classifies = info.model->classes() > 0;
  model.classes = info.classes;
  model.source = model.adapted->source;
  return model;
}

std::vector<std::string> read_class_names(const fs::path& path, int64_t classes) {
  std::ifstream in(path);
  if (!in) fail("{}: cannot open the class names", path.string());
  std::vector<std::string> names;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    names.push_back(line);
  }
  if (std::ssize(names) != classes) {
    fail("{}: expected {} class names, one a line, got {}", path.string(), classes, names.size());
  }
  return names;
}

std::vector<fs::path> find_model_inputs(const fs::path& adapter, const fs::path& weights,
                                        std::span<const fs::path> paths) {
  const ModelInputPtr input =
      adapter.empty() ? family_of_file(open_tensor_file(weights)).input() : open_adapter(adapter).info.input;
  return input->find_files(paths);
}

}  // namespace ax
