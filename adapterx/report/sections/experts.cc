#include <fmt/format.h>

#include <cmath>

#include "adapterx/base/text_format.h"
#include "adapterx/report/area_chart.h"
#include "adapterx/report/expert_color.h"
#include "adapterx/report/html_text.h"
#include "adapterx/report/sections/expert_legend.h"
#include "adapterx/report/sections/sections.h"

namespace ax {
namespace {

constexpr size_t kMostEpochs = 60;        // drawn in a small chart
constexpr int64_t kMostBesideChart = 12;  // experts, whose table fits in half the width

using Evaluations = std::vector<const EpochRecord*>;

// Those of the same number of blocks and experts as the last, for one chart.
Evaluations evaluations_of(const RunRecord& run) {
  Evaluations all;
  for (const EpochRecord& record : run.epochs) {
    if (!record.expert_use.empty()) all.push_back(&record);
  }
  std::erase_if(all, [&](const EpochRecord* record) {
    const ExpertUse &use = record->expert_use, &last = all.back()->expert_use;
    return use.blocks != last.blocks || use.experts != last.experts;
  });
  return all;
}

// At most `most` of them, the first and the last included.
Evaluations thinned(const Evaluations& all, size_t most) {
  if (all.size() <= most) return all;
  Evaluations kept;
  for (size_t i = 0; i < most; ++i) kept.push_back(all[i * (all.size() - 1) / (most - 1)]);
  return kept;
}

// Shares of the blocks [begin, end) together.
std::vector<double> mean_share(const ExpertUse& use, int64_t begin, int64_t end) {
  std::vector<double> mean(static_cast<size_t>(use.experts));
  for (int64_t block = begin; block < end; ++block) {
    for (int64_t expert = 0; expert < use.experts; ++expert) {
      mean[static_cast<size_t>(expert)] += use.at(block, expert) / static_cast<double>(end - begin);
    }
  }
  return mean;
}

AreaChart chart_of(const Evaluations& evaluations, int64_t begin, int64_t end) {
  AreaChart chart;
  for (const EpochRecord* record : evaluations) {
    chart.x.push_back(static_cast<double>(record->epoch));
    chart.share.push_back(mean_share(record->expert_use, begin, end));
  }
  for (int64_t expert = 0; expert < evaluations.back()->expert_use.experts; ++expert) {
    chart.names.push_back(fmt::format("{}", expert + 1));
    chart.colors.push_back(expert_color(expert));
  }
  return chart;
}

// Number of experts that, used equally, would be as mixed: exp of the entropy.
double experts_at_work(const ExpertUse& use, int64_t block) {
  double entropy = 0;
  for (int64_t expert = 0; expert < use.experts; ++expert) {
    const double share = use.at(block, expert);
    if (share > 0) entropy -= share * std::log(share);
  }
  return std::exp(entropy);
}

std::string heat_table(const EpochRecord& record) {
  const ExpertUse& use = record.expert_use;
  std::string out = fmt::format(
      "<figure class=\"card\"><figcaption>Share per block, epoch {} <small>percent</small></figcaption>"
      "<div class=\"wide\"><table class=\"heat experts\" style=\"--n:{}\"><thead><tr><th "
      "scope=\"col\">block</th>",
      record.epoch, use.experts);
  for (int64_t expert = 0; expert < use.experts; ++expert) {
    out += fmt::format("<th scope=\"col\"><i style=\"background:{}\"></i>{}</th>", expert_color(expert),
                       expert + 1);
  }
  out +=
      "<th scope=\"col\" title=\"exp of the entropy: how many experts, used equally, would be as mixed\">at "
      "work"
      "</th></tr></thead>\n<tbody>\n";
  for (int64_t block = 0; block < use.blocks; ++block) {
    out += fmt::format("<tr><th scope=\"row\">{}</th>", block + 1);
    for (int64_t expert = 0; expert < use.experts; ++expert) {
      const double share = use.at(block, expert);
      out += fmt::format("<td{} style=\"--v:{:.3f}\" title=\"block {}, expert {}: {}\">{}</td>",
                         share > 0.5 ? " class=\"full\"" : "", share, block + 1, expert + 1,
                         unbroken(percent_text(share, 2)),
                         share == 0      ? ""
                         : share < 0.005 ? "·"
                                         : fmt::format("{:.0f}", 100 * share));
    }
    out += fmt::format("<td class=\"plain\">{:.1f}</td></tr>\n", experts_at_work(use, block));
  }
  return out + "</tbody></table></div></figure>\n";
}

std::string small_charts(const Evaluations& evaluations) {
  const Evaluations kept = thinned(evaluations, kMostEpochs);
  std::string out = fmt::format(
      "<figure class=\"card\"><figcaption>Over training, block by block <small>epochs {} to {}"
      "</small></figcaption><div class=\"blocks\">\n",
      kept.front()->epoch, kept.back()->epoch);
  for (int64_t block = 0; block < kept.back()->expert_use.blocks; ++block) {
    AreaChart chart = chart_of(kept, block, block + 1);
    chart.title = fmt::format("Share of sub-tokens per expert in block {}", block + 1);
    chart.small = true;
    out += fmt::format("<div><span>block {}</span>{}</div>\n", block + 1, area_chart(chart));
  }
  return out + "</div></figure>\n";
}

std::string sharing_text(int64_t blocks_per_set) {
  if (blocks_per_set == 0) return "All blocks share one set of experts.";
  if (blocks_per_set == 1)
    return "Each block has experts of its own: equal numbers in two blocks mean nothing.";
  return fmt::format(
      "Every {} blocks in a row share a set of experts: equal numbers in different sets mean nothing.",
      blocks_per_set);
}

}  // namespace

std::string experts_section(const RunRecord& run) {
  const Evaluations evaluations = evaluations_of(run);
  if (evaluations.empty()) return "";
  const ExpertUse& use = evaluations.back()->expert_use;
  std::string charts, blocks;
  if (evaluations.size() > 1) {
    if (run.facts.blocks_per_expert_set == 0) {
      AreaChart chart = chart_of(evaluations, 0, use.blocks);
      chart.title = "Share of sub-tokens per expert over training, all blocks";
      charts = fmt::format(
          "<figure class=\"card\"><figcaption>Over training, all blocks</figcaption>{}</figure>\n",
          area_chart(chart));
    }
    blocks = small_charts(evaluations);
  }
  return fmt::format(
      "<p>The share of sub-tokens for which each expert weighs most, on the validation {}. {} Experts "
      "at work: how many, used equally, would be as mixed.</p>\n{}"
      "<div class=\"pair{}\">\n{}{}</div>\n{}",
      samples_text(run.facts), sharing_text(run.facts.blocks_per_expert_set), expert_legend(use.experts),
      use.experts <= kMostBesideChart ? " even" : " single", charts, heat_table(*evaluations.back()), blocks);
}

}  // namespace ax
