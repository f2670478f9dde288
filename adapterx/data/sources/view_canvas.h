// A picture of a 3D shape in the making: which pixels it covers, how near it is there and how bright.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace ax {

// In pixels from the upper left corner; nearer is larger. value: what the point looks like, 0 to 1.
struct ViewPoint {
  float x = 0, y = 0, nearness = 0, value = 0;
};

class ViewCanvas {
 public:
  static constexpr int64_t kSamples = 2;  // a pixel, along each axis

  explicit ViewCanvas(int64_t side);  // of the picture, in pixels

  // Fills the samples whose centres lie in the triangle, whichever way it turns, and that nothing nearer
  // covers, with values between those of its corners. Not finite coordinates: nothing.
  void triangle(const ViewPoint& a, const ViewPoint& b, const ViewPoint& c);
  // The same of a disc.
  void disc(const ViewPoint& centre, float radius);

  // Of each pixel [side, side]: how much of it is covered, 0 to 255, and the mean value there, 0 where it is
  // bare.
  void read(std::span<uint8_t> coverage, std::span<float> values) const;

 private:
  int64_t side_;  // in samples
  std::vector<float> nearness_, values_;
};

}  // namespace ax
