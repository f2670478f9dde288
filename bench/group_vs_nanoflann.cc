// Nearest points of point clouds, ours against nanoflann's k-d trees, in turns, on the points and centres
// that `adapterx bench group --save FILE.npz` wrote. Both are parallel over the batch; building the trees is
// part of nanoflann's time. See bench/README.md.
#include <fmt/format.h>

#include <cstdlib>
#include <nanoflann.hpp>

#include "adapterx/base/buffer.h"
#include "adapterx/base/parallel.h"
#include "adapterx/io/tensors/npy.h"
#include "adapterx/kernels/points/nearest_points.h"
#include "cli/bench/bench_result.h"

namespace {

using namespace ax;

struct Cloud {
  const float* xyz;
  size_t size;

  size_t kdtree_get_point_count() const { return size; }
  float kdtree_get_pt(size_t i, size_t axis) const { return xyz[3 * i + axis]; }
  template <class Box>
  bool kdtree_get_bbox(Box&) const {
    return false;
  }
};

using Tree =
    nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<float, Cloud>, Cloud, 3, uint32_t>;

std::vector<float> floats(const TensorFile& file, const char* name) {
  const TensorInfo& t = file.tensors().at(name);
  std::vector<float> values(static_cast<size_t>(t.shape.size()));
  copy_f32(name, t, values);
  return values;
}

void by_trees(const kernels::NearestPoints& a) {
  const int64_t n = a.points.shape[1], groups = a.centers.shape[1], k = a.indices.shape[2];
  parallel_ranges(a.points.shape[0], 1, [&](int64_t begin, int64_t end, int) {
    std::vector<uint32_t> found(static_cast<size_t>(k));
    std::vector<float> distances(found.size());
    for (int64_t b = begin; b < end; ++b) {
      const Cloud cloud{a.points.f32() + b * n * 3, static_cast<size_t>(n)};
      const Tree tree(3, cloud);
      for (int64_t g = b * groups; g < (b + 1) * groups; ++g) {
        tree.knnSearch(a.centers.f32() + 3 * g, found.size(), found.data(), distances.data());
        std::copy(found.begin(), found.end(), a.indices.i32() + g * k);
      }
    }
  });
}

void compare(const char* path, int threads, int rounds) {
  if (threads > 0) set_thread_count(threads);
  const FileBytes bytes = FileBytes::map(path);
  const TensorFile file = read_npz(bytes);
  std::vector<float> points = floats(file, "points"), centers = floats(file, "centers");
  const Shape& shape = file.tensors().at("neighbour_points").shape;
  std::vector<int32_t> ours(static_cast<size_t>(shape.size())), theirs(ours.size());
  kernels::NearestPoints a{{points.data(), DType::f32, file.tensors().at("points").shape},
                           {centers.data(), DType::f32, file.tensors().at("centers").shape},
                           {ours.data(), DType::i32, shape}};
  kernels::NearestPoints b = a;
  b.indices.data = theirs.data();
  const Buffer scratch(kernels::nearest_points_scratch(a.points.shape[1], shape[2]));
  a.scratch = scratch.data();
  std::vector<double> our_ms, their_ms, ratio;
  for (int i = 0; i < rounds; ++i) {
    const double start = cli::seconds_now();
    kernels::nearest_points(a);
    const double middle = cli::seconds_now();
    by_trees(b);
    our_ms.push_back(1e3 * (middle - start));
    their_ms.push_back(1e3 * (cli::seconds_now() - middle));
    ratio.push_back(their_ms.back() / our_ms.back());
  }
  size_t differing = 0;
  for (size_t i = 0; i < ours.size(); ++i) differing += ours[i] != theirs[i] ? 1u : 0u;
  fmt::print("{} threads: ours {:.2f} ms, nanoflann {:.2f} ms, ratio {:.1f}; {} of {} indices differ\n",
             thread_count(), cli::median(our_ms), cli::median(their_ms), cli::median(ratio), differing,
             ours.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: group_vs_nanoflann FILE.npz [THREADS [ROUNDS]]\n");
    return 2;
  }
  try {
    compare(argv[1], argc > 2 ? std::atoi(argv[2]) : 0, argc > 3 ? std::max(1, std::atoi(argv[3])) : 15);
  } catch (const std::exception& error) {
    fmt::print(stderr, "group_vs_nanoflann: {}\n", error.what());
    return 1;
  }
}
