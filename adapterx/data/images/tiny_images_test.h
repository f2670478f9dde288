// For tests: images of 8 x 8 grey pixels in two classes, told apart by how bright they are.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "adapterx/base/rng.h"

namespace ax::testing {

// A pixel is the class's grey and up to `noise` more.
struct TinyImages {
  uint32_t each = 12;  // images of a class in each split
  uint32_t dark = 60, bright = 120, noise = 70;
};

// `folder`/{train,test}/{bright,dark}/0.pgm and so on.
inline void write_tiny_images(const std::filesystem::path& folder, const TinyImages& images = {}) {
  for (const std::string split : {"train", "test"}) {
    for (const std::string name : {"bright", "dark"}) {
      std::filesystem::create_directories(folder / split / name);
      const uint32_t base = name == "bright" ? images.bright : images.dark;
      for (uint32_t i = 0; i < images.each; ++i) {
        const Rng rng(i, base, place_of(split));
        std::ofstream out(folder / split / name / (std::to_string(i) + ".pgm"), std::ios::binary);
        out << "P5\n8 8\n255\n";
        for (uint32_t k = 0; k < 64; ++k) out.put(static_cast<char>(base + rng.bits(k) % images.noise));
      }
    }
  }
}

}  // namespace ax::testing
