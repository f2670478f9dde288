#include "adapterx/report/run_data.h"

#include <cmath>

#include "adapterx/base/error.h"
#include "adapterx/report/shown_cloud.h"

namespace ax {
namespace {

void check_class(const std::string& place, int64_t index, size_t classes) {
  if (index >= 0 && static_cast<size_t>(index) < classes) return;
  fail("{}: expected a class from 0 to {}, got {}", place, static_cast<int64_t>(classes) - 1, index);
}

void check_shown(const std::string& place, const ShownSample& shown, size_t classes) {
  check_class(place, shown.truth, classes);
  check_class(place, shown.predicted, classes);
  if (shown.image.empty() == shown.points.empty()) fail("{}: expected either an image or points", place);
  if (shown.points.size() % 3 != 0 || shown.points.size() > 3 * kMostShownPoints) {
    fail("{}: expected 3 coordinates each of at most {} points, got {}", place, kMostShownPoints,
         shown.points.size());
  }
  for (const uint16_t value : shown.points) {
    if (value > kGreatestCoordinate) {
      fail("{}: expected coordinates up to {}, got {}", place, kGreatestCoordinate, value);
    }
  }
}

void check_choices(const std::string& place, const ExpertChoices& choices, int64_t patches) {
  if (choices.heads < 1 || choices.heads > 4096 || choices.experts < 1 || choices.experts > 256) {
    fail("{}: expected heads from 1 to 4096 and experts from 1 to 256, got {} and {}", place, choices.heads,
         choices.experts);
  }
  if (choices.blocks.empty()) fail("{}: expected at least one block, got none", place);
  const auto heads = static_cast<size_t>(choices.heads);
  for (size_t block = 0; block < choices.blocks.size(); ++block) {
    const std::vector<uint8_t>& choice = choices.blocks[block];
    if (choice.size() < static_cast<size_t>(patches) * heads || choice.size() % heads != 0) {
      fail("{}: block {}: expected a choice for each of {} sub-heads of at least {} tokens, got {}", place,
           block, heads, patches, choice.size());
    }
    for (const uint8_t expert : choice) {
      if (expert >= choices.experts) {
        fail("{}: block {}: expected experts below {}, got {}", place, block, choices.experts, expert);
      }
    }
  }
}

void check_picture(const std::string& place, const RoutingPicture& picture) {
  if (picture.shown.image.empty()) fail("{}: expected an image, got points", place);
  if (picture.side < 1 || picture.side > 4096) {
    fail("{}: expected a side from 1 to 4096, got {}", place, picture.side);
  }
  check_choices(place, picture.choices, picture.side * picture.side);
}

void check_cloud(const std::string& place, const CloudPicture& cloud) {
  if (cloud.shown.points.empty()) fail("{}: expected points, got an image", place);
  if (cloud.patches < 1 || cloud.patches > 4096) {
    fail("{}: expected 1 to 4096 patches, got {}", place, cloud.patches);
  }
  if (cloud.patch.size() != cloud.shown.points.size() / 3) {
    fail("{}: expected the patch of each of {} points, got {}", place, cloud.shown.points.size() / 3,
         cloud.patch.size());
  }
  for (const uint16_t patch : cloud.patch) {
    if (patch >= cloud.patches) fail("{}: expected patches below {}, got {}", place, cloud.patches, patch);
  }
  if (cloud.choices.experts != 0 || !cloud.choices.blocks.empty()) {
    check_choices(place, cloud.choices, cloud.patches);
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
    check_shown(fmt::format("mistakes[{}]", i), findings.mistakes[i], classes);
  }
  for (size_t i = 0; i < findings.routing.size(); ++i) {
    const std::string place = fmt::format("routing[{}]", i);
    check_shown(place, findings.routing[i].shown, classes);
    check_picture(place, findings.routing[i]);
  }
  for (size_t i = 0; i < findings.clouds.size(); ++i) {
    const std::string place = fmt::format("clouds[{}]", i);
    check_shown(place, findings.clouds[i].shown, classes);
    check_cloud(place, findings.clouds[i]);
  }
}

}  // namespace ax
