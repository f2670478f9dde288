#include "adapterx/app/training_run.h"

#include <optional>

#include "adapterx/app/findings.h"
#include "adapterx/app/run_record.h"
#include "adapterx/report/run_folder.h"
#include "adapterx/train/adapter_file.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

class Run : public TrainingObserver {
 public:
  Run(const TrainConfig& config, TrainingRunObserver& observer, bool resumes)
      : config_(config), observer_(observer), out_(config.train.out), resumes_(resumes) {}

  void on_start(const TrainingStart& start) override {
    observer_.on_ready();
    const bool exists = resumes_ && fs::exists(out_ / "config.toml");
    folder_ = exists ? RunFolder::resume(out_, start.first_epoch) : RunFolder::create(out_);
    facts_ = run_facts(start);
    if (exists) facts_.head_start = folder_->facts().head_start;
    data_ = start.setup.data;
    model_ = start.setup;
    folder_->write_config(to_toml(config_));
    folder_->write_result(facts_);
    observer_.on_start(start);
  }

  void on_note(const std::string& lines) override { observer_.on_note(lines); }

  void on_head_start(const HeadStart& head) override {
    facts_.head_start = head.text(facts_.samples);
    folder_->write_result(facts_);
    observer_.on_head_start(head);
  }

  void on_step(const StepRecord& step) override { observer_.on_step(step); }

  void on_evaluation(std::string_view split, int64_t done, int64_t total) override {
    observer_.on_evaluation(split, done, total);
  }

  void on_epoch(const EpochResult& epoch, const Evaluation* evaluation) override {
    folder_->append(epoch_record(epoch));
    observer_.on_epoch(epoch, evaluation);
  }

  void finish(const TrainingResult& result) {
    add_result(result, facts_);
    folder_->write_result(facts_);
    if (!result.tested_on.empty()) {
      const Split split = result.tested_on == "test" ? Split::test : Split::val;
      folder_->write_findings(findings_of(*result.test, data_, split, adapter_of_run(out_), model_, config_));
    }
    folder_->write_report();
  }

 private:
  const TrainConfig& config_;
  TrainingRunObserver& observer_;
  fs::path out_;
  bool resumes_;
  std::optional<RunFolder> folder_;
  RunFacts facts_;
  DataSplits data_;
  ModelSetup model_;
};

}  // namespace

TrainingResult run_training(const TrainConfig& config, TrainingRunObserver& observer,
                            const std::atomic<bool>& stop, bool resume) {
  if (!resume) RunFolder::expect_empty(config.train.out);
  Run run(config, observer, resume);
  TrainingResult result = train(config, run, stop, resume);
  if (!result.interrupted) run.finish(result);
  return result;
}

fs::path adapter_of_run(const fs::path& folder) { return folder / "best" / "adapter.safetensors"; }
fs::path report_of_run(const fs::path& folder) { return folder / "report.html"; }

fs::path write_trained_backbone(const fs::path& folder) {
  const fs::path adapter = adapter_of_run(folder), file = folder / "backbone.safetensors";
  const AdapterFile trained = open_adapter(adapter);
  if (trained.info.backbone) {
    fail("{}: expected a whole backbone, as the method full trains it, got an adapter of {}",
         adapter.string(), trained.info.method);
  }
  const BackbonePtr model = trained.info.model->with_classes(0);
  const BackboneCheckpoint checkpoint = open_backbone(adapter, model->request());
  save_backbone(file, {model, checkpoint.input}, checkpoint.source, FileDType::f32);
  return file;
}

}  // namespace ax
