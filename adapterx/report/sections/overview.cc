#include <fmt/format.h>

#include <cmath>

#include "adapterx/base/text_format.h"
#include "adapterx/report/html_text.h"
#include "adapterx/report/sections/sections.h"

namespace ax {
namespace {

std::string tile(std::string_view label, const std::string& value, const std::string& note) {
  return fmt::format("<div class=\"tile\"><dt>{}</dt><dd>{}{}</dd></div>\n", label, value,
                     note.empty() ? "" : fmt::format("<small>{}</small>", note));
}

int64_t samples_of(const RunFacts& facts) {
  return facts.accuracy_split == "test"  ? facts.test_images
         : facts.accuracy_split == "val" ? facts.val_images
                                         : 0;
}

// Half the 95 % interval of a share measured on n samples (normal approximation of the binomial).
double half_interval(double share, int64_t n) {
  return 1.96 * std::sqrt(std::max(0., share * (1 - share)) / static_cast<double>(n));
}

std::string accuracy_note(const RunFacts& facts) {
  std::string note = facts.accuracy_split == "val" ? "validation" : escape(facts.accuracy_split);
  if (const int64_t n = samples_of(facts); n > 0) {
    note += fmt::format(", {} {}, ±\xc2\xa0{:.2f}", count_text(n), samples_text(facts),
                        100 * half_interval(facts.accuracy, n));
  }
  return note;
}

std::string tiles(const RunFacts& facts) {
  std::string out;
  if (std::isfinite(facts.accuracy)) {
    out += tile("Accuracy", unbroken(percent_text(facts.accuracy, 2)), accuracy_note(facts));
  }
  if (std::isfinite(facts.last_test_accuracy)) {
    out += tile("Last epoch", unbroken(percent_text(facts.last_test_accuracy, 2)), "test");
  }
  if (std::isfinite(facts.best_val_accuracy)) {
    out += tile("Best validation", unbroken(percent_text(facts.best_val_accuracy, 2)),
                facts.best_epoch > 0 ? fmt::format("epoch {}", facts.best_epoch) : "");
  }
  if (const int64_t total = facts.parameters.total(); total > 0) {
    const double backbone = static_cast<double>(facts.parameters.backbone);
    const std::string note =
        backbone > 0
            ? unbroken(small_percent_text(static_cast<double>(total) / backbone)) + " of the backbone"
            : "";
    out += tile("Trained parameters", count_text(total), note);
  }
  if (std::isfinite(facts.seconds)) {
    out += tile(
        "Training time", unbroken(duration_text(facts.seconds)),
        facts.threads > 0 ? fmt::format("{} thread{}", facts.threads, facts.threads == 1 ? "" : "s") : "");
  }
  if (std::isfinite(facts.peak_rss_mb))
    out += tile("Peak memory", unbroken(bytes_text(facts.peak_rss_mb * 1e6)), "");
  if (facts.adapter_bytes > 0) {
    out += tile("Adapter file", unbroken(bytes_text(facts.adapter_bytes)), "head included");
  }
  return out.empty() ? "" : fmt::format("<dl class=\"tiles\">\n{}</dl>\n", out);
}

std::string warning(const std::string& html) {
  return fmt::format("<p class=\"warning\" role=\"note\">{}</p>\n", html);
}

std::string warnings(const RunRecord& run) {
  const RunFacts& facts = run.facts;
  std::string out;
  if (facts.select == "test-best") {
    out += warning(fmt::format(
        "<strong>Selected on the test {0}.</strong> The epoch shown is the one that did best on the test "
        "split "
        "(<code>--select test-best</code>), as some published numbers are. It overstates what new {0} "
        "will see; "
        "don't compare it with results selected on validation {0}.",
        samples_text(facts)));
  }
  if (!facts.finished) {
    const std::string done = run.epochs.empty() ? "0" : fmt::format("{}", run.epochs.back().epoch);
    out += warning(
        fmt::format("<strong>Not finished.</strong> Training had completed {} of {} epochs when this page "
                    "was made.",
                    done, facts.epochs > 0 ? fmt::format("{}", facts.epochs) : "an unknown number of"));
  }
  for (const std::string& text : facts.warnings) out += warning(escape(text));
  return out;
}

std::string capitalised(std::string text) {
  if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string fact(std::string_view label, const std::string& text) {
  if (text.empty()) return "";
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", label, text);
}

std::string counts_text(const RunFacts& facts) {
  std::string text;
  for (const auto& [name, count] : {std::pair{"training", facts.train_images},
                                    {"validation", facts.val_images},
                                    {"test", facts.test_images}}) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count_text(count), name);
  }
  return text;
}

std::string select_text(const RunFacts& facts) {
  if (facts.select == "val-best") return "best epoch on validation " + samples_text(facts);
  if (facts.select == "last") return "last epoch";
  if (facts.select == "test-best") return "best epoch on test " + samples_text(facts);
  return escape(facts.select);
}

std::string number(int64_t value) { return value > 0 ? count_text(value) : ""; }

std::string facts_list(const RunFacts& facts) {
  return "<dl class=\"facts\">\n" + fact("Method", escape(facts.method)) +
         fact("Model", escape(facts.model)) + fact("Weights", escape(facts.weights)) +
         fact("Data", escape(facts.data)) + fact(capitalised(samples_text(facts)), counts_text(facts)) +
         fact("Epochs", number(facts.epochs)) + fact("Batch", number(facts.batch)) +
         fact("Head's start", escape(facts.head_start)) + fact("Kept", select_text(facts)) +
         fact("Precision", escape(facts.precision)) + fact("Seed", fmt::format("{}", facts.seed)) +
         fact("Version", escape(facts.version)) + "</dl>\n";
}

}  // namespace

std::string overview_section(const RunRecord& run) {
  return warnings(run) + tiles(run.facts) + facts_list(run.facts);
}

}  // namespace ax
