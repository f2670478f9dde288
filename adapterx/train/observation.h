// What a method observes (Method::observed) on a fixed, small part of a data set: how often each index
// occurs, expert by expert.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapterx/data/loader.h"
#include "adapterx/train/build_session.h"

namespace ax {

class Observation {
 public:
  // On up to 16 samples, spread evenly over the set. `spec`: that of evaluation; its batch is chosen here.
  // `observed`: BuiltSession::observed.
  Observation(SessionSpec spec, Method& method, std::shared_ptr<FrozenWeights> frozen,
              const WeightSource& source, std::shared_ptr<TrainedParameters> trained,
              const std::shared_ptr<const SampleSource>& samples, LoaderOptions options,
              std::vector<BuiltSession::Observed> observed);

  // Counts by name, one for each index; none where the method observes nothing.
  std::map<std::string, std::vector<int64_t>> run();

 private:
  std::unique_ptr<Session> session_;
  std::unique_ptr<Loader> loader_;
  std::string input_;
  std::vector<BuiltSession::Observed> observed_;
};

}  // namespace ax
