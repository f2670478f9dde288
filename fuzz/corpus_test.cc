// Every seed of the fuzzers, truncations and mutations of each, through the fuzz targets: what the fuzzers
// do, in a few seconds and without them. A seed named refuse_* must be refused, any other accepted.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/mutate.h"
#include "fuzz/targets.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

struct Target {
  std::string name;
  bool (*run)(fuzz::Bytes);
  std::string folder;                   // of the seeds, in the source tree
  std::vector<std::string> extensions;  // of the seeds there; empty: all
  uint64_t mutations;                   // of each seed; 0: of a library that is known not to stand them
};

const Target kTargets[] = {
    {"safetensors", fuzz::safetensors, "fuzz/corpus/safetensors", {}, 2000},
    {"npz", fuzz::npz, "fuzz/corpus/npz", {}, 1000},
    {"zip", fuzz::zip, "fuzz/corpus/zip", {}, 1000},
    {"idx", fuzz::idx, "fuzz/corpus/idx", {}, 2000},
    {"image_csv", fuzz::image_csv, "fuzz/corpus/image_csv", {}, 2000},
    {"image_list", fuzz::image_list, "fuzz/corpus/image_list", {}, 2000},
    {"mesh", fuzz::mesh, "fuzz/corpus/mesh", {}, 2000},
    {"cloud", fuzz::cloud, "fuzz/corpus/cloud", {}, 2000},
    {"numpy_pickle", fuzz::numpy_pickle, "fuzz/corpus/numpy_pickle", {}, 1000},
    {"h5", fuzz::h5, "fuzz/corpus/h5", {}, 0},
    {"onnx", fuzz::onnx, "tests/golden/onnx", {".onnx"}, 1000},
    {"torch", fuzz::torch, "tests/golden/torch", {".pt"}, 400},
    {"jpeg", fuzz::image, "tests/images", {".jpg", ".JPEG"}, 60},
    {"png", fuzz::image, "tests/images", {".png"}, 100},
    {"webp", fuzz::image, "tests/images", {".webp"}, 200},
    {"bmp_ppm", fuzz::image, "tests/images", {".bmp", ".pbm", ".pgm", ".ppm", ".pnm"}, 400},
};

struct Seed {
  std::string name;
  std::vector<std::byte> bytes;
};

std::vector<Seed> seeds(const Target& target) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(fs::path(AX_SOURCE) / target.folder)) {
    const std::string extension = entry.path().extension().string();
    if (target.extensions.empty() || std::ranges::count(target.extensions, extension) > 0) {
      paths.push_back(entry.path());
    }
  }
  std::ranges::sort(paths);
  std::vector<Seed> found;
  for (const fs::path& path : paths) {
    std::ifstream in(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto bytes = std::as_bytes(std::span(text));
    found.push_back({path.filename().string(), {bytes.begin(), bytes.end()}});
  }
  return found;
}

// Throws nothing but what is a finding. The copy ends where the bytes do, so that a sanitizer sees a read
// beyond.
bool accepted(const Target& target, fuzz::Bytes bytes) {
  return target.run(std::vector<std::byte>(bytes.begin(), bytes.end()));
}

void PrintTo(const Target& target, std::ostream* out) { *out << target.name; }

class Corpus : public testing::TestWithParam<Target> {};

TEST_P(Corpus, SeedsAreAcceptedOrRefusedAsTheirNamesSay) {
  const std::vector<Seed> all = seeds(GetParam());
  EXPECT_GE(all.size(), 5u);
  for (const Seed& seed : all) {
    const bool want = !seed.name.starts_with("refuse_");
    EXPECT_EQ(accepted(GetParam(), seed.bytes), want) << seed.name;
  }
}

TEST_P(Corpus, TruncationsAreReadOrRefused) {
  for (const Seed& seed : seeds(GetParam())) {
    for (const size_t size : fuzz::truncations(seed.bytes.size())) {
      EXPECT_NO_THROW(accepted(GetParam(), fuzz::Bytes(seed.bytes).first(size)))
          << seed.name << " cut to " << size;
    }
  }
}

TEST_P(Corpus, MutationsAreReadOrRefused) {
  if (GetParam().mutations == 0)
    GTEST_SKIP() << "the library underneath does not stand them; see fuzz/README.md";
  uint64_t both[2] = {0, 0};
  for (const Seed& seed : seeds(GetParam())) {
    for (uint64_t n = 0; n < GetParam().mutations; ++n) {
      EXPECT_NO_THROW(++both[accepted(GetParam(), fuzz::mutated(seed.bytes, n))])
          << seed.name << ", seed " << n;
    }
  }
  EXPECT_GT(both[0], 0u) << "no mutation was refused";
  EXPECT_GT(both[1], 0u) << "no mutation was accepted";
}

INSTANTIATE_TEST_SUITE_P(Every, Corpus, testing::ValuesIn(kTargets),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace ax
