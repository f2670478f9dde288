// Folders of small images whose classes are colours.
#pragma once

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "adapterx/base/rng.h"

namespace ax::testing {

struct ColourClass {
  std::string name;
  std::array<float, 3> colour;  // 0 to 255
};

inline const std::vector<ColourClass> kRedBlue = {{"blue", {40, 60, 200}}, {"red", {200, 60, 40}}};
inline const std::vector<ColourClass> kMuted = {
    {"green", {70, 150, 70}}, {"grey", {110, 110, 110}}, {"rose", {160, 70, 90}}};

// 16 x 16 pixels in `folder`/NAME/0.ppm and so on. Each image's colour is off by up to `spread` from its
// class's, each pixel by up to 30 more; all by the seed alone.
inline void write_images(const std::filesystem::path& folder, const std::vector<ColourClass>& classes,
                         int each, float spread, uint64_t seed) {
  constexpr int kSide = 16;
  for (const ColourClass& c : classes) {
    std::filesystem::create_directories(folder / c.name);
    for (int i = 0; i < each; ++i) {
      const Rng rng(seed, static_cast<uint32_t>(i), place_of(c.name));
      uint64_t draw = 0;
      const auto off = [&](float most) { return most * (2 * rng.uniform(draw++) - 1); };
      std::array<float, 3> colour = c.colour;
      for (float& x : colour) x += off(spread);
      std::ofstream out(folder / c.name / (std::to_string(i) + ".ppm"), std::ios::binary);
      out << "P6\n" << kSide << " " << kSide << "\n255\n";
      for (int pixel = 0; pixel < kSide * kSide; ++pixel) {
        for (const float x : colour) out.put(static_cast<char>(std::clamp(x + off(30), 0.F, 255.F)));
      }
    }
  }
}

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Settings of `train` for a ViT of 11,000 numbers from scratch, on one thread and in fp32.
inline const std::string kTinyRun = " batch=6 warmup_epochs=0 precision=fp32 threads=1 ";
inline const std::string kTinyVit =
    " --method full width=24 depth=2 heads=2 patch_size=4 image_size=16 mlp_ratio=2 lr=3e-3" + kTinyRun;

}  // namespace ax::testing
