#include "adapterx/graph/trained_parameters.h"

#include <algorithm>

#include "adapterx/base/error.h"

namespace ax {
namespace {

constexpr size_t kAlignment = 16;

// Ids of the parameters that are trained, then those of the buffers.
std::vector<int> trained_in(const Graph& graph) {
  std::vector<int> trained, buffers;
  for (const int id : graph.parameters()) {
    const ValueInfo& p = graph.info(id);
    if (p.buffer) buffers.push_back(id);
    if (!p.buffer && p.use.trained) trained.push_back(id);
  }
  trained.insert(trained.end(), buffers.begin(), buffers.end());
  return trained;
}

}  // namespace

TrainedParameters::TrainedParameters(const Graph& graph) {
  size_t optimised_floats = 0;
  for (const int id : trained_in(graph)) {
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
  entries_.push_back({p.name, p.shape, floats_, p.init, p.buffer, p.use.part, p.use.decays, p.use.relative});
  floats_ += (static_cast<size_t>(p.shape.size()) + kAlignment - 1) / kAlignment * kAlignment;
}

void TrainedParameters::expect_same(const Graph& graph) const {
  const std::vector<int> trained = trained_in(graph);
  for (const int id : trained) {
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
    const bool known = std::any_of(trained.begin(), trained.end(), [&](int id) {
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
