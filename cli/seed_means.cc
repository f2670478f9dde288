#include "cli/seed_means.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "adapterx/suite/statistics.h"

namespace ax::cli {
namespace {

using Json = nlohmann::ordered_json;

std::vector<double> numbers(const std::vector<Json>& rows, const char* key) {
  std::vector<double> values;
  for (const Json& row : rows) {
    if (row.at(key).is_number()) values.push_back(row.at(key).get<double>());
  }
  return values;
}

Json number(double x) { return std::isfinite(x) ? Json(x) : Json(nullptr); }

// f of the values; null where there are none.
template <class F>
Json over(const std::vector<double>& values, F f) {
  return values.empty() ? Json(nullptr) : Json(f(values));
}

Json all_of(const std::vector<Json>& rows, const char* key) {
  Json values = Json::array();
  for (const Json& row : rows) values.push_back(row.at(key));
  return values;
}

Json mean_row(const std::vector<Json>& rows) {
  const std::vector<double> accuracy = numbers(rows, "accuracy"), seconds = numbers(rows, "seconds"),
                            peak = numbers(rows, "peak_rss_mb");
  const MeanSpread of_accuracy = mean_spread(accuracy);
  const auto least = [](const std::vector<double>& x) { return *std::min_element(x.begin(), x.end()); };
  const auto greatest = [](const std::vector<double>& x) { return *std::max_element(x.begin(), x.end()); };
  const auto finished = [](const Json& row) { return row.at("finished").get<bool>(); };
  const Json& first = rows.front();
  return {{"runs", all_of(rows, "run")},
          {"method", first.at("method")},
          {"accuracy", number(of_accuracy.mean)},
          {"accuracy_sd", number(of_accuracy.deviation)},
          {"accuracy_least", over(accuracy, least)},
          {"accuracy_greatest", over(accuracy, greatest)},
          {"trained_parameters", first.at("trained_parameters")},
          {"percent", first.at("percent")},
          {"seconds", number(mean_spread(seconds).mean)},
          {"peak_rss_mb", over(peak, greatest)},
          {"adapter_bytes", first.at("adapter_bytes")},
          {"seeds", all_of(rows, "seed")},
          {"finished", std::all_of(rows.begin(), rows.end(), finished)}};
}

}  // namespace

Json seed_means(const Json& rows) {
  std::vector<std::vector<Json>> methods;
  for (const Json& row : rows) {
    const auto same = [&](const std::vector<Json>& group) {
      return group.front().at("method") == row.at("method");
    };
    const auto group = std::find_if(methods.begin(), methods.end(), same);
    if (group == methods.end()) {
      methods.push_back({row});
    } else {
      group->push_back(row);
    }
  }
  Json means = Json::array();
  for (const std::vector<Json>& group : methods) means.push_back(mean_row(group));
  return means;
}

}  // namespace ax::cli
