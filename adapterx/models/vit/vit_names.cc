#include "adapterx/models/vit/vit_names.h"

#include <algorithm>

#include "adapterx/base/error.h"
#include "adapterx/models/checkpoint/name_pattern.h"

namespace ax {

VitNames::VitNames(const ForeignNames& names, const FoundKeyMap& found, const PositionPlan& positions)
    : names_(names), found_(found), positions_(positions) {
  for (const std::string& name : names.names()) by_original_.emplace(names.original(name), name);
}

ParameterPlan VitNames::find(const std::string& ours, const Shape& shape) const {
  for (const KeyRule& rule : found_.map->rules) {
    const auto block = block_of(rule.ours, ours);
    if (!block) continue;
    ParameterPlan plan{{}, rule.layout, shape};
    if (ours == "pos_embed") plan.positions = positions_;
    for (const std::string_view theirs : rule.theirs) {
      const std::string key = ForeignNames::at_root(found_.root, block_name(theirs, *block));
      if (names_.contains(key)) plan.tensors.push_back(names_.original(key));
    }
    if (plan.tensors.size() == rule.theirs.size()) return plan;
  }
  return {};
}

std::string VitNames::expected(const std::string& ours) const {
  for (const KeyRule& rule : found_.map->rules) {
    if (const auto block = block_of(rule.ours, ours)) {
      return ForeignNames::at_root(found_.root, block_name(rule.theirs[0], *block));
    }
  }
  return ours;
}

std::optional<CheckpointNames::Start> VitNames::start_of(const std::string& ours) const {
  if (std::ranges::count(found_.map->zero, ours) == 0) return std::nullopt;
  return Start{Init::zeros(), fmt::format("zero: {} has none", found_.map->title)};
}

CheckpointNames::Use VitNames::use_of(const std::string& tensor) const {
  const std::string& name = by_original_.at(tensor);
  for (const KeyIgnored& ignored : found_.map->ignored) {
    if (matches(ForeignNames::at_root(found_.root, ignored.names), name)) {
      return {Use::Kind::known, std::string(ignored.what)};
    }
  }
  if (!name.starts_with(found_.root)) return {Use::Kind::outside, ""};
  return {belongs_to_another(name) ? Use::Kind::another_model : Use::Kind::unexplained, ""};
}

bool VitNames::belongs_to_another(const std::string& name) const {
  return std::ranges::any_of(found_.others, [&](const std::string& root) {
    return root.size() > found_.root.size() && name.starts_with(root);
  });
}

}  // namespace ax
