#include "adapterx/app/run_record.h"

#include <filesystem>
#include <numeric>

#include "adapterx/base/natural_less.h"
#include "adapterx/base/parallel.h"
#include "adapterx/base/setting_list.h"
#include "adapterx/graph/precision.h"

namespace ax {
namespace {

// Shares of each expert in each block.
ExpertUse expert_use(const std::vector<ObservedCounts>& observed) {
  ExpertUse use;
  for (const ObservedCounts& o : observed) {
    const int64_t sum = std::reduce(o.counts.begin(), o.counts.end());
    if (o.kind != ObservedKind::expert_choice || sum == 0) continue;
    for (const int64_t n : o.counts) {
      use.share.push_back(static_cast<double>(n) / static_cast<double>(sum));
    }
    use.experts = std::ssize(o.counts);
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
  return start.setup.model->text();
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
  facts.samples = start.setup.input->noun();
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
    facts.accuracy = result.test->score();
    facts.accuracy_split = result.tested_on;
  }
  if (result.best_val_accuracy >= 0) facts.best_val_accuracy = result.best_val_accuracy;
  facts.best_epoch = result.best_epoch + 1;
  facts.seconds = result.seconds;
  facts.peak_rss_mb = result.peak_rss_mb;
  facts.adapter_bytes = result.adapter_bytes;
}

EpochRecord epoch_record(const EpochResult& e) {
  EpochRecord record = e.record;
  record.expert_use = expert_use(e.observed);
  return record;
}

}  // namespace ax
