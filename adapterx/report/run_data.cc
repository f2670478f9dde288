#include "adapterx/report/run_data.h"

#include <cmath>
#include <string_view>

#include "adapterx/base/error.h"

namespace ax {
namespace {

void check_class(std::string_view field, size_t i, int64_t index, size_t classes) {
  if (index >= 0 && static_cast<size_t>(index) < classes) return;
  fail("{}[{}]: expected a class from 0 to {}, got {}", field, i, static_cast<int64_t>(classes) - 1, index);
}

void check_shown(std::string_view field, size_t i, const ShownImage& shown, size_t classes) {
  check_class(field, i, shown.truth, classes);
  check_class(field, i, shown.predicted, classes);
  if (shown.image.empty()) fail("{}[{}]: expected an image, got no bytes", field, i);
}

void check_routing(size_t i, const RoutingPicture& picture) {
  if (picture.side < 1 || picture.side > 4096 || picture.heads < 1 || picture.heads > 4096 ||
      picture.experts < 1 || picture.experts > 256) {
    fail("routing[{}]: expected side and heads from 1 to 4096 and experts from 1 to 256, got {}, {}, {}", i,
         picture.side, picture.heads, picture.experts);
  }
  if (picture.blocks.empty()) fail("routing[{}]: expected at least one block, got none", i);
  const auto patches = static_cast<size_t>(picture.side * picture.side * picture.heads);
  for (size_t block = 0; block < picture.blocks.size(); ++block) {
    const std::vector<uint8_t>& choice = picture.blocks[block];
    if (choice.size() < patches || choice.size() % static_cast<size_t>(picture.heads) != 0) {
      fail("routing[{}]: block {}: expected a choice for each of {} sub-heads of at least {} tokens, got {}",
           i, block, picture.heads, picture.side * picture.side, choice.size());
    }
    for (const uint8_t expert : choice) {
      if (expert >= picture.experts) {
        fail("routing[{}]: block {}: expected experts below {}, got {}", i, block, picture.experts, expert);
      }
    }
  }
}

}  // namespace

int64_t ParameterTable::total() const {
  int64_t sum = 0;
  for (const ParameterPart& part : parts) sum += part.count;
  return sum;
}

int64_t ParameterTable::head() const {
  int64_t sum = 0;
  for (const ParameterPart& part : parts) sum += part.head ? part.count : 0;
  return sum;
}

void check(const ExpertUse& use) {
  if (use.empty()) return;
  if (use.blocks < 1 || use.experts < 1 || use.share.size() % static_cast<size_t>(use.experts) != 0 ||
      use.share.size() / static_cast<size_t>(use.experts) != static_cast<size_t>(use.blocks)) {
    fail("expert_use: expected {} x {} shares, got {}", use.blocks, use.experts, use.share.size());
  }
  for (int64_t block = 0; block < use.blocks; ++block) {
    double sum = 0;
    for (int64_t expert = 0; expert < use.experts; ++expert) {
      if (!(use.at(block, expert) >= 0)) fail("expert_use: block {}: expected shares of 0 or more", block);
      sum += use.at(block, expert);
    }
    if (!(std::abs(sum - 1) < 1e-3))
      fail("expert_use: block {}: expected shares of sum 1, got {}", block, sum);
  }
}

void check(const Findings& findings) {
  const size_t classes = findings.confusion.classes.size();
  if (findings.confusion.counts.size() != classes * classes && !findings.confusion.empty()) {
    fail("confusion: expected {} x {} counts, got {}", classes, classes, findings.confusion.counts.size());
  }
  for (const int64_t count : findings.confusion.counts) {
    if (count < 0) fail("confusion: expected counts of 0 or more, got {}", count);
  }
  for (size_t i = 0; i < findings.mistakes.size(); ++i) {
    check_shown("mistakes", i, findings.mistakes[i], classes);
  }
  for (size_t i = 0; i < findings.routing.size(); ++i) {
    check_shown("routing", i, findings.routing[i].shown, classes);
    check_routing(i, findings.routing[i]);
  }
}

}  // namespace ax
