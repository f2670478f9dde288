#include "cli/run_record.h"

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "adapterx/base/parallel.h"
#include "adapterx/base/setting_list.h"
#include "adapterx/graph/precision.h"
#include "cli/name_groups.h"

namespace ax::cli {
namespace {

// Shares of each expert in each block, where the method names them "blocks.3.expert".
ExpertUse expert_use(const std::map<std::string, std::vector<int64_t>>& observed) {
  std::vector<std::string> names;
  for (const auto& [name, counts] : observed) {
    if (name.ends_with(".expert") && std::reduce(counts.begin(), counts.end()) > 0) names.push_back(name);
  }
  std::ranges::sort(names, natural_less);
  ExpertUse use;
  for (const std::string& name : names) {
    const std::vector<int64_t>& counts = observed.at(name);
    const auto sum = static_cast<double>(std::reduce(counts.begin(), counts.end()));
    for (const int64_t n : counts) use.share.push_back(static_cast<double>(n) / sum);
    use.experts = std::ssize(counts);
    ++use.blocks;
  }
  return use;
}

std::string name_of_folder(const std::string& path) {
  const std::filesystem::path p = std::filesystem::path(path).lexically_normal();
  return (p.has_filename() ? p : p.parent_path()).filename().string();
}

// RunFacts::blocks_per_expert_set, by the method's setting `share`.
int64_t blocks_per_expert_set(const MethodConfig& method) {
  const MethodDraft draft = draft_method(method.name, method.pairs());
  const Setting* share = find_setting(draft.settings, "share");
  return share == nullptr ? 0 : *std::get<int64_t*>(share->value);
}

std::string model_text(const TrainingStart& start) {
  if (start.setup.backbone) return start.setup.backbone->name;
  if (const auto* p = std::get_if<PointTransformerConfig>(&start.setup.model)) {
    return fmt::format("point transformer of width {}, depth {}", p->width, p->depth);
  }
  const auto& m = std::get<VitConfig>(start.setup.model);
  return fmt::format("ViT of width {}, depth {}, patch size {}", m.width, m.depth, m.patch_size);
}

}  // namespace

RunFacts run_facts(const TrainingStart& start) {
  const TrainConfig& config = start.config;
  RunFacts facts;
  facts.method = config.method.name;
  facts.title = fmt::format("{} on {}", facts.method, name_of_folder(config.data.path));
  facts.model = model_text(start);
  facts.weights = config.model.weights;
  facts.data = config.data.path;
  facts.samples = is_point_backbone(start.setup.model) ? "clouds" : "images";
  facts.precision = to_string(resolve(config.train.precision));
  facts.version = "0.1.0";
  facts.select = config.train.select == Select::val ? "val-best" : to_string(config.train.select);
  facts.seed = config.train.seed;
  facts.threads = config.train.threads > 0 ? config.train.threads : thread_count();
  facts.epochs = config.train.epochs;
  facts.batch = config.train.batch * config.train.accumulate;
  facts.train_images = start.train_images;
  facts.val_images = start.val_images;
  facts.test_images = start.test_images;
  for (const TrainedPart& part : start.parts.parts) {
    facts.parameters.parts.push_back({part.name, part.numbers, part.name == "head"});
  }
  facts.parameters.backbone = start.parts.backbone;
  facts.blocks_per_expert_set = blocks_per_expert_set(config.method);
  return facts;
}

void add_result(const TrainingResult& result, RunFacts& facts) {
  facts.finished = true;
  if (!result.tested_on.empty()) {
    facts.accuracy = result.test.accuracy();
    facts.accuracy_split = result.tested_on;
  }
  if (result.best_val_accuracy >= 0) facts.best_val_accuracy = result.best_val_accuracy;
  facts.best_epoch = result.best_epoch + 1;
  facts.seconds = result.seconds;
  facts.peak_rss_mb = result.peak_rss_mb;
  facts.adapter_bytes = result.adapter_bytes;
}

EpochRecord epoch_record(const EpochResult& e) {
  EpochRecord r;
  r.epoch = e.epoch + 1;
  r.lr = e.lr;
  r.train_loss = e.train_loss;
  if (e.has_penalty) r.penalty = e.penalty;
  r.train_accuracy = e.train_accuracy;
  r.gradient_norm = e.gradient_norm;
  if (e.evaluated) {
    r.val_loss = e.val_loss;
    r.val_accuracy = e.val_accuracy;
  }
  r.seconds = e.seconds;
  r.images_per_s = e.images_per_second;
  r.peak_rss_mb = e.peak_rss_mb;
  r.expert_use = expert_use(e.observed);
  return r;
}

}  // namespace ax::cli
