// For tests: images of 8 x 8 pixels and clouds of 40 points, each of two classes, and small runs on them that
// are made once a test program. Everything by fixed seeds, in fp32, on one thread.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "adapterx/app/training_run.h"
#include "adapterx/base/rng.h"
#include "adapterx/data/images/tiny_images_test.h"

namespace ax::testing {

namespace fs = std::filesystem;

inline const std::atomic<bool> kNever{false};

// `folder`/SPLIT/{disk,rod}/0.xyz and so on: disks lie, rods stand.
inline void write_tiny_clouds(const fs::path& folder, uint32_t each = 10) {
  for (const std::string split : {"train", "test"}) {
    for (const std::string name : {"disk", "rod"}) {
      fs::create_directories(folder / split / name);
      const float side = name == "disk" ? 1.0f : 0.3f;
      for (uint32_t i = 0; i < each; ++i) {
        const Rng rng(i, place_of(name), place_of(split));
        std::ofstream out(folder / split / name / (std::to_string(i) + ".xyz"));
        for (uint32_t k = 0; k < 40; ++k) {
          const auto draw = [&](uint32_t axis) { return 2 * rng.uniform(3 * k + axis) - 1; };
          out << side * draw(0) << " " << 0.6f * draw(1) << " " << side * draw(2) << "\n";
        }
      }
    }
  }
}

class TinyRuns {
 public:
  TinyRuns() : folder_(fs::temp_directory_path() / ("ax_app_" + std::to_string(::getpid()))) {
    write_tiny_images(folder_ / "images");
    write_tiny_clouds(folder_ / "clouds");
  }
  ~TinyRuns() { fs::remove_all(folder_); }
  TinyRuns(const TinyRuns&) = delete;
  TinyRuns& operator=(const TinyRuns&) = delete;

  fs::path path(const std::string& name) const { return folder_ / name; }

  // `full`: from scratch; any other method over the run of `full`.
  TrainConfig config(const std::string& data, const std::string& method, const std::string& out) {
    TrainConfig c;
    if (method == "full") {
      set_geometry(data == "clouds", c.model);
    } else {
      c.model.weights = adapter(data, "full").string();
    }
    c.data.path = path(data).string();
    c.data.val_fraction = 0;
    c.data.loader_threads = 1;
    c.method.name = method;
    if (method.ends_with("_x")) c.method.settings = {{"experts", "3"}, {"heads", "2"}};
    c.train.select = Select::last;
    c.train.epochs = 2;
    c.train.batch = 5;
    c.train.warmup_epochs = 0;
    c.train.precision = Precision::fp32;
    c.train.threads = 1;
    c.train.checkpoint_minutes = 60;
    c.train.out = path(out).string();
    return c;
  }

  // The adapter of a run on "images" or "clouds", which is made where there is none yet.
  fs::path adapter(const std::string& data, const std::string& method) {
    const std::string out = data + "_" + method;
    if (!results_.contains(out)) {
      TrainingRunObserver nobody;
      const TrainConfig c = config(data, method, out);
      results_[out] = run_training(c, nobody, kNever);
    }
    return adapter_of_run(path(out));
  }

  const TrainingResult& result(const std::string& data, const std::string& method) {
    adapter(data, method);
    return results_.at(data + "_" + method);
  }

 private:
  static void set_geometry(bool clouds, ModelConfig& model) {
    model.width = 16;
    model.depth = 2;
    model.heads = 2;
    model.mlp_ratio = 2;
    if (clouds) {
      model.name = "point_small";
      model.points = 32;
      model.groups = 6;
      model.group_size = 8;
    } else {
      model.patch_size = 4;
      model.image_size = 8;
    }
  }

  fs::path folder_;
  std::map<std::string, TrainingResult> results_;
};

inline TinyRuns& tiny_runs() {
  static TinyRuns runs;
  return runs;
}

inline std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace ax::testing
