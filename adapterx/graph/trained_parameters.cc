#include "adapterx/graph/trained_parameters.h"

#include <algorithm>

#include "adapterx/base/error.h"

namespace ax {
namespace {
constexpr size_t kAlignment = 16;
}

bool matches(std::string_view selector, std::string_view name) {
  if (selector.empty()) return name.empty();
  if (selector[0] != '*')
    return !name.empty() && name[0] == selector[0] && matches(selector.substr(1), name.substr(1));
  for (size_t skip = 0; skip <= name.size(); ++skip) {
    if (matches(selector.substr(1), name.substr(skip))) return true;
  }
  return false;
}

namespace {

// Ids of the parameters that a selector matches, then those of the buffers.
std::vector<int> select(const Graph& graph, std::span<const std::string> selectors) {
  std::vector<bool> used(selectors.size(), false);
  std::vector<int> selected, buffers;
  for (const int id : graph.parameters()) {
    bool matched = false;
    for (size_t i = 0; i < selectors.size(); ++i) {
      if (!matches(selectors[i], graph.info(id).name)) continue;
      matched = true;
      used[i] = true;
    }
    if (graph.info(id).buffer) {
      buffers.push_back(id);
    } else if (matched) {
      selected.push_back(id);
    }
  }
  for (size_t i = 0; i < selectors.size(); ++i) {
    if (used[i]) continue;
    fail("trained parameters: `{}` matches none of the graph's {} parameters{}", selectors[i],
         graph.parameters().size(), did_you_mean(selectors[i], graph.parameter_names()));
  }
  selected.insert(selected.end(), buffers.begin(), buffers.end());
  return selected;
}

}  // namespace

TrainedParameters::TrainedParameters(const Graph& graph, std::span<const std::string> selectors) {
  size_t optimised_floats = 0;
  for (const int id : select(graph, selectors)) {
    append(graph.info(id));
    if (!graph.info(id).buffer) {
      optimised_ = entries_.size();
      optimised_floats = floats_;
    }
  }
  values_ = Buffer(floats_ * sizeof(float));
  gradients_ = Buffer(optimised_floats * sizeof(float));
}

void TrainedParameters::append(const ValueInfo& p) {
  entries_.push_back({p.name, p.shape, floats_, p.init, p.buffer});
  floats_ += (static_cast<size_t>(p.shape.size()) + kAlignment - 1) / kAlignment * kAlignment;
}

void TrainedParameters::expect_selection(const Graph& graph, std::span<const std::string> selectors) const {
  const std::vector<int> selected = select(graph, selectors);
  for (const int id : selected) {
    const ValueInfo& p = graph.info(id);
    const Entry* entry = find(p.name);
    if (p.buffer && (entry == nullptr || !entry->buffer)) {
      fail("{}: a buffer of this session, but not of the one shared with", p.name);
    }
    if (entry == nullptr) {
      fail("{}: trained by this session, but not among the {} parameters shared with it", p.name,
           entries_.size());
    }
  }
  for (const Entry& e : entries_) {
    const bool known = std::any_of(selected.begin(), selected.end(), [&](int id) {
      return graph.info(id).name == e.name && graph.info(id).buffer == e.buffer;
    });
    if (!known) {
      fail("{}: {} the session shared with, but not {} this one", e.name,
           e.buffer ? "a buffer of" : "trained by", e.buffer ? "of" : "by");
    }
  }
}

void TrainedParameters::initialise(const WeightSource& source, uint64_t seed) {
  for (const Entry& e : entries_) {
    const std::span<float> out = value(e).f32_span();
    if (!source || !source(e.name, e.shape, out)) ax::initialise(e.init, e.name, e.shape, seed, out);
  }
}

const TrainedParameters::Entry* TrainedParameters::find(std::string_view name) const {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.name == name; });
  return found == entries_.end() ? nullptr : &*found;
}

int64_t TrainedParameters::count() const {
  int64_t n = 0;
  for (const Entry& e : optimised()) n += e.shape.size();
  return n;
}

void TrainedParameters::zero_gradients() { std::ranges::fill(gradients(), 0.0f); }

}  // namespace ax
