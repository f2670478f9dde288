// adapterx bench group: the grouping of point clouds, the tokenizer of a point transformer, part by part.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "adapterx/base/buffer.h"
#include "adapterx/base/parallel.h"
#include "adapterx/base/rng.h"
#include "adapterx/io/tensors/npy.h"
#include "adapterx/kernels/points/farthest_points.h"
#include "adapterx/kernels/points/group_points.h"
#include "adapterx/kernels/points/nearest_points.h"
#include "cli/bench/bench_result.h"
#include "cli/command.h"

namespace ax::cli {
namespace {

struct GroupOptions {
  int64_t batch = 32, points = 2048, groups = 128, group_size = 32;
  int threads = 0, repeat = 9;
  bool json = false;
  std::string save;
};

// A point on the surface of a ball, of a box, or of a ring, from three draws in [0, 1).
void surface_point(int64_t shape, const float* u, float* xyz) {
  constexpr float kTurn = 6.2831853f;
  const float turn = kTurn * u[0];
  if (shape == 0) {
    const float z = 2 * u[1] - 1, r = std::sqrt(1 - z * z);
    xyz[0] = r * std::cos(turn), xyz[1] = r * std::sin(turn), xyz[2] = z;
  } else if (shape == 1) {
    for (int64_t c = 0; c < 3; ++c) xyz[c] = 2 * u[c] - 1;
    const auto face = static_cast<int64_t>(u[0] * 6e3f) % 6;
    xyz[face % 3] = face < 3 ? -1.0f : 1.0f;
  } else {
    const float tube = kTurn * u[1], r = 0.7f + 0.3f * std::cos(tube);
    xyz[0] = r * std::cos(turn), xyz[1] = r * std::sin(turn), xyz[2] = 0.3f * std::sin(tube);
  }
}

class GroupBench {
 public:
  explicit GroupBench(const GroupOptions& o) : o_(o) {
    if (std::max(o.groups, o.group_size) > o.points) {
      throw UsageError(fmt::format("--groups, --group-size: expected at most --points {}, got {} and {}",
                                   o.points, o.groups, o.group_size));
    }
    if (o.threads > 0) set_thread_count(o.threads);
    g_.points = place(DType::f32, {o.batch, o.points, 3});
    g_.neighbours = place(DType::f32, {o.batch, o.groups, o.group_size * 3});
    g_.centers = place(DType::f32, {o.batch, o.groups, 3});
    g_.neighbour_points = place(DType::i32, {o.batch, o.groups, o.group_size});
    g_.center_points = place(DType::i32, {o.batch, o.groups});
    memory_.emplace_back(kernels::group_points_scratch(o.points, o.group_size));
    g_.scratch = memory_.back().data();
    const Rng rng(1, 0, place_of("bench.group"));
    for (int64_t i = 0; i < o.batch * o.points; ++i) {
      const auto draw = static_cast<uint64_t>(4 * i);
      const float u[] = {rng.uniform(draw), rng.uniform(draw + 1), rng.uniform(draw + 2)};
      surface_point(i / o.points % 3, u, g_.points.f32() + 3 * i);
    }
  }

  nlohmann::ordered_json run() {
    kernels::group_points(g_);  // warms up, and gathers the centres
    std::vector<double> sampling, nearest, grouping;
    for (int i = 0; i < o_.repeat; ++i) {
      const double start = seconds_now();
      kernels::farthest_points({g_.points, g_.center_points, g_.scratch});
      const double sampled = seconds_now();
      kernels::nearest_points({g_.points, g_.centers, g_.neighbour_points, g_.scratch});
      const double found = seconds_now();
      kernels::group_points(g_);
      grouping.push_back(seconds_now() - found);
      nearest.push_back(found - sampled);
      sampling.push_back(sampled - start);
    }
    nlohmann::ordered_json j;
    j["batch"] = o_.batch;
    j["points"] = o_.points;
    j["groups"] = o_.groups;
    j["group_size"] = o_.group_size;
    j["threads"] = thread_count();
    j["farthest_points_ms"] = 1e3 * median(sampling);
    j["nearest_points_ms"] = 1e3 * median(nearest);
    j["group_ms"] = 1e3 * median(grouping);  // both, and the gathering
    j["farthest_points_seconds"] = sampling;
    j["nearest_points_seconds"] = nearest;
    j["group_seconds"] = grouping;
    return j;
  }

  void save(const std::string& path) const {
    const auto floats = [](const Tensor& t) { return f32_tensor(t.shape, t.f32_span()); };
    const auto indices = [](const Tensor& t) {
      const std::span<const int32_t> values(t.i32(), static_cast<size_t>(t.size()));
      return TensorInfo{FileDType::i32, t.shape, std::as_bytes(values)};
    };
    write_npz(path, {{"points", floats(g_.points)},
                     {"centers", floats(g_.centers)},
                     {"center_points", indices(g_.center_points)},
                     {"neighbour_points", indices(g_.neighbour_points)}});
  }

 private:
  Tensor place(DType dtype, const Shape& shape) {
    memory_.emplace_back(static_cast<size_t>(shape.size()) * size_of(dtype));
    return {memory_.back().data(), dtype, shape};
  }

  GroupOptions o_;
  std::vector<Buffer> memory_;
  kernels::GroupPoints g_;
};

}  // namespace

void add_bench_group(CLI::App& bench) {
  auto o = std::make_shared<GroupOptions>();
  CLI::App* group = bench.add_subcommand("group", "Time the grouping of point clouds, on surfaces made up");
  group->add_option("--batch", o->batch, "Clouds")->check(CLI::Range(1, 65536))->capture_default_str();
  group->add_option("--points", o->points, "Of a cloud")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  group->add_option("--groups", o->groups, "Of a cloud")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  group->add_option("--group-size", o->group_size, "Points of a group")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  group->add_option("--threads", o->threads, "Threads (default: all cores)")->check(CLI::Range(1, 1024));
  group->add_option("--repeat", o->repeat, "Timed runs")->check(CLI::Range(1, 100000))->capture_default_str();
  group->add_flag("--json", o->json, "Print one JSON object");
  group->add_option("--save", o->save, "Write points, centres and indices to this .npz");
  group->callback([o] {
    GroupBench b(*o);
    const nlohmann::ordered_json result = b.run();
    if (!o->save.empty()) b.save(o->save);
    print_result(result, o->json);
  });
}

}  // namespace ax::cli
