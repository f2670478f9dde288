// How a suite's settings become a run's TrainConfig. Internal to suite.
#pragma once

#include <string>
#include <vector>

#include "adapterx/suite/suite_config.h"
#include "adapterx/train/config.h"

namespace ax {

std::vector<std::string> suite_method_names();  // methods(), and kPixelRegression

// Whether the key is one of TrainConfig, in full or by its last part; else it is a setting of a method.
bool is_config_key(const std::string& key);

// Throws Error starting with where the setting was written.
void apply(const SuiteSetting& setting, TrainConfig& config);

// Those of [common] and of a task: settings that are other methods' are passed over.
void apply_shared(const SuiteSettings& settings, const std::string& method, TrainConfig& config);

// Throws Error on keys that nothing has, values of a wrong type, and what the suite decides itself.
void check_settings(const SuiteConfig& suite);

}  // namespace ax
