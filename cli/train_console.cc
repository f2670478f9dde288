#include "cli/train_console.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>

#include "adapterx/base/text_format.h"
#include "cli/text/terminal_text.h"

namespace ax::cli {
namespace {

void say(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

std::string labelled_text(const TrainingStart& start) {
  if (const auto& heads = start.setup.data.heads; !heads.empty()) {
    std::vector<std::string> texts;
    for (const Head& head : heads) texts.push_back(fmt::format("{} {}", head.name, head.classes));
    return fmt::format(" for {} heads: {}", heads.size(), fmt::join(texts, ", "));
  }
  const std::string val = start.val_images > 0 ? fmt::format(", {} for validation", start.val_images) : "";
  const std::string test = start.test_images > 0 ? fmt::format(", {} for the test", start.test_images) : "";
  return fmt::format(" of {} classes{}{}", start.setup.data.classes.size(), val, test);
}

// Of masked pretraining, which asks for no class.
std::string unused_text(const TrainingStart& start) {
  const int64_t unused = start.val_images + start.test_images;
  return unused > 0 ? fmt::format(", {} of validation and test unused", unused) : "";
}

}  // namespace

void TrainConsole::on_start(const TrainingStart& start) {
  epochs_ = start.epochs;
  batches_ = start.batches;
  masked_ = start.config.pretrain.masked();
  begin_ = std::chrono::steady_clock::now();
  if (start.setup.report) say(start.setup.report->text());
  noun_ = start.setup.input->noun();
  say(fmt::format("{} {}{} · {}\n", start.train_images, noun_,
                  masked_ ? unused_text(start) : labelled_text(start), start.setup.input->text()));
  say(start.setup.data.notes);
  say(fmt::format("{}: {}\n", start.config.method.name, start.parts.text()));
  if (start.first_epoch >= epochs_) {
    say(fmt::format("resumed at epoch {0} of {0}: all {0} epochs are done\n", epochs_));
  } else if (start.first_epoch > 0 || start.first_batch > 0) {
    say(fmt::format("resumed at epoch {} of {}, batch {} of {}\n", start.first_epoch + 1, epochs_,
                    start.first_batch + 1, batches_));
  }
}

void TrainConsole::show(std::string_view what, int64_t done, int64_t total) {
  if (showing_ != what || !progress_) {
    progress_.reset();
    progress_ = std::make_unique<Progress>(std::string(what), total);
    showing_ = what;
  }
  progress_->update(done);
}

void TrainConsole::on_note(const std::string& lines) { say(lines); }

void TrainConsole::on_head_start(const HeadStart& head) {
  progress_.reset();
  say(fmt::format("head: {}, {}\n", head.text(noun_), duration_text(head.seconds)));
  begin_ = std::chrono::steady_clock::now();
}

void TrainConsole::on_step(const StepRecord& step) {
  show(fmt::format("batches of epoch {}", step.epoch + 1), step.batches, batches_);
}

void TrainConsole::on_evaluation(std::string_view split, int64_t done, int64_t total) {
  show(fmt::format("{} {}", split, noun_), done, total);
}

void TrainConsole::on_epoch(const EpochResult& epoch, const Evaluation*) {
  progress_.reset();
  ++epochs_here_;
  const EpochRecord& r = epoch.record;
  const double spent = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  const double left = spent / static_cast<double>(epochs_here_) * static_cast<double>(epochs_ - r.epoch);
  const std::string val = r.evaluated()
                              ? fmt::format("  val {:.4f} {:>7}{}", r.val_loss,
                                            percent_text(r.val_accuracy, 2), epoch.best ? " *" : "  ")
                              : "";
  const std::string accuracy = masked_ ? "" : fmt::format("  train {:>7}", percent_text(r.train_accuracy, 2));
  say(fmt::format("epoch {:>{}}/{}  loss {:.4f}{}{}  lr {:.2e}  {:.1f} {}/s  {} left  {:.0f} MB\n", r.epoch,
                  std::to_string(epochs_).size(), epochs_, r.train_loss, accuracy, val, r.lr, r.images_per_s,
                  noun_, duration_text(left), r.peak_rss_mb));
}

void TrainConsole::result(const TrainingResult& r) {
  progress_.reset();
  if (r.tested_on.empty()) return;
  say(fmt::format("{}: {} of {} {}, by the adapter of epoch {}\n", r.tested_on,
                  percent_text(r.test->score(), 2), r.test->samples, noun_, r.best_epoch + 1));
}

}  // namespace ax::cli
