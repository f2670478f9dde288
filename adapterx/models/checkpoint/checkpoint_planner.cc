#include "adapterx/models/checkpoint/checkpoint_planner.h"

#include <algorithm>
#include <set>
#include <vector>

#include "adapterx/base/error.h"

namespace ax {
namespace {

// The part of the file that a tensor belongs to, which is not the backbone's: the first word that its name
// does not share with the root. "decoder.*" beside "backbone."; "module.optimizer.*" beside "module.net.".
std::string group_of(std::string_view name, std::string_view root) {
  size_t begin = 0;
  for (size_t end = 0; (end = name.find_first_of("./", begin)) != name.npos; begin = end + 1) {
    if (!root.starts_with(name.substr(0, end + 1))) return std::string(name.substr(0, end + 1)) + "*";
  }
  return std::string(name);
}

// What stands in the graph of an ONNX file and is no parameter: shapes, indices, factors.
bool is_graph_constant(const TensorFile& file, std::string_view name) {
  return file.format() == "onnx" && name.starts_with("onnx::");
}

class Planner {
 public:
  Planner(const TensorFile& file, const CheckpointNames& names, const ModelParameters& stored,
          const ModelParameters& wanted, LoadReport& report)
      : file_(file), names_(names), stored_(stored), wanted_(wanted), report_(report) {}

  ParameterPlans run(bool strict) {
    report_.file = file_.path();
    report_.format = file_.format();
    report_.family = names_.title();
    report_.root = names_.root();
    report_.parameters = std::ssize(wanted_.backbone) + std::ssize(wanted_.head);
    std::vector<std::string> missing;
    for (const auto& [name, shape] : wanted_.backbone) {
      if (!plan(name, stored_.backbone.at(name), shape)) missing.push_back(name);
    }
    plan_head();
    if (!missing.empty()) fail_missing(missing);
    account_for_the_rest();
    if (strict && !report_.unexpected.empty()) fail_unexpected();
    return std::move(plans_);
  }

 private:
  // The plan of a parameter whose shape in the file is `stored` and in the model `wanted`.
  bool plan(const std::string& name, const Shape& stored, const Shape& wanted) {
    ParameterPlan p = claim(name, stored);
    if (p.tensors.empty()) {
      const auto start = names_.start_of(name);
      if (!start) return false;
      p.start = start->init;
      p.shape = stored;
      report_.initialised.push_back({name, start->note});
    } else {
      ++report_.loaded;
      report_.numbers += stored.size();
    }
    if (stored != wanted) report_.reshaped.push_back({name, to_string(stored) + " to " + to_string(wanted)});
    plans_.emplace(name, std::move(p));
    return true;
  }

  // A head is taken where it is the one asked for; else what the file has is explained, and a new one starts.
  void plan_head() {
    const bool taken = stored_.head == wanted_.head;
    for (const auto& [name, shape] : wanted_.head) {
      if (taken && plan(name, shape, shape)) continue;
      const auto in_file = stored_.head.find(name);
      const bool there = in_file != stored_.head.end() && !taken;
      report_.initialised.push_back({name, there ? fmt::format("{} in the file, {} wanted",
                                                               to_string(in_file->second), to_string(shape))
                                                 : "not in the file"});
    }
    for (const auto& [name, shape] : stored_.head) {
      if (!taken) claim(name, shape);
    }
  }

  // Finds and checks the file's tensors of a parameter, and notes that they are explained.
  ParameterPlan claim(const std::string& name, const Shape& shape) {
    ParameterPlan p = names_.find(name, shape);
    const auto parts = static_cast<int64_t>(p.tensors.size());
    for (const std::string& tensor : p.tensors) {
      const Shape& theirs = file_.at(tensor).shape;
      const Shape part = shape.with(0, shape[0] / parts);
      if (!fits(theirs, p.layout, part)) {
        fail("{}: {}: expected {} for {}, got {}", file_.path(), tensor, to_string(part), name,
             to_string(theirs));
      }
      claimed_.insert(tensor);
    }
    return p;
  }

  [[noreturn]] void fail_missing(const std::vector<std::string>& missing) const {
    const std::string theirs = names_.expected(missing[0]);
    std::vector<std::string> unclaimed;
    for (const auto& entry : file_.tensors()) {
      if (!claimed_.contains(entry.first)) unclaimed.push_back(entry.first);
    }
    fail(
        "{}: {} of the model's tensors missing, first `{}` ({} as `{}`){}; is the file whole, and of this "
        "architecture?",
        file_.path(), missing.size(), missing[0], names_.title(), theirs, did_you_mean(theirs, unclaimed));
  }

  void account_for_the_rest() {
    std::map<std::string, int64_t> known, outside, other;
    for (const auto& [name, tensor] : file_.tensors()) {
      if (claimed_.contains(name)) continue;
      if (is_graph_constant(file_, name)) {
        ++known["constants of the graph"];
        continue;
      }
      const CheckpointNames::Use use = names_.use_of(name);
      switch (use.kind) {
        case CheckpointNames::Use::Kind::known:
          ++known[use.what];
          break;
        case CheckpointNames::Use::Kind::outside:
          ++outside[group_of(name, names_.root())];
          break;
        case CheckpointNames::Use::Kind::another_model:
          ++other[group_of(name, names_.root())];
          break;
        case CheckpointNames::Use::Kind::unexplained:
          report_.unexpected.push_back({name, to_string(tensor.shape)});
      }
    }
    for (const auto& [what, count] : known)
      report_.ignored.push_back({fmt::format("{} tensors", count), what});
    for (const auto& [group, count] : outside) {
      report_.ignored.push_back({group, fmt::format("{} tensors outside of `{}`", count, names_.root())});
    }
    for (const auto& [group, count] : other) {
      report_.ignored.push_back({group, fmt::format("{} tensors of another model in the file", count)});
    }
  }

  [[noreturn]] void fail_unexpected() const {
    constexpr size_t kShown = 5;
    std::string list;
    for (size_t i = 0; i < std::min(kShown, report_.unexpected.size()); ++i) {
      const LoadReport::Item& item = report_.unexpected[i];
      list += fmt::format("{}`{}` {}", i == 0 ? "" : ", ", item.name, item.note);
    }
    std::vector<std::string> expected;
    for (const auto* part : {&stored_.backbone, &stored_.head}) {
      for (const auto& entry : *part) expected.push_back(names_.expected(entry.first));
    }
    fail("{}: {} tensors that a {} of {} doesn't have: {}{}{}; load without strictness to leave them out",
         file_.path(), report_.unexpected.size(), names_.architecture(), names_.title(), list,
         report_.unexpected.size() > kShown ? ", ..." : "",
         did_you_mean(report_.unexpected[0].name, expected));
  }

  const TensorFile& file_;
  const CheckpointNames& names_;
  const ModelParameters& stored_;
  const ModelParameters& wanted_;
  LoadReport& report_;
  ParameterPlans plans_;
  std::set<std::string, std::less<>> claimed_;
};

}  // namespace

ParameterShapes ModelParameters::all() const {
  ParameterShapes both = backbone;
  both.insert(head.begin(), head.end());
  return both;
}

PlannedCheckpoint plan_checkpoint(const std::shared_ptr<const TensorFile>& file, const CheckpointNames& names,
                                  const ModelParameters& stored, const ModelParameters& wanted, bool strict,
                                  LoadReport& report) {
  ParameterPlans plans = Planner(*file, names, stored, wanted, report).run(strict);
  PlannedCheckpoint planned;
  for (const auto& [name, shape] : wanted.backbone) planned.stored.emplace(name, plans.at(name).shape);
  planned.has_head = !wanted.head.empty() && std::ranges::all_of(wanted.head, [&](const auto& entry) {
    return plans.contains(entry.first);
  });
  planned.has_head_bias = planned.has_head && std::ranges::none_of(wanted.head, [&](const auto& entry) {
                            return plans.at(entry.first).start.has_value();
                          });
  planned.source = planned_source(file, std::move(plans));
  return planned;
}

}  // namespace ax
