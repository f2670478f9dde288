// dSprites (Matthey, Higgins, Hassabis, Lerchner 2017, github.com/deepmind/dsprites-dataset) drawn anew: 64 x
// 64 binary images of one white shape on black, one for each combination of five latents.
//
// Known from its description and example: 3 shapes (square, ellipse, heart), 6 scales from 0.5 to 1, 40
// orientations from 0 to 2 pi, both ends included (so that the first and the last look alike), 32 positions
// in x and in y from 0 to 1; the order of the images, in which y varies fastest, then x, orientation, scale,
// shape; that vector shapes were filled by OpenGL (LOVE 2D) without antialiasing; that no shape leaves the
// image.
//
// Inferred, from the images pictured in that example: centres at a quarter to three quarters of the image; a
// square of side 0.3 (of the image, at scale 1); an ellipse of radii 0.2 and 0.1125, lying; an upright heart,
// the curve (16 sin^3 t, 13 cos t - 5 cos 2t - 2 cos 3t - cos 4t) stretched to 0.3 x 0.3; turning
// counter-clockwise. The four sprites wholly read off those pictures are drawn the same but for one pixel of
// 628, and the mean of all pixels of all images is 0.04252, where users of the data publish 0.04249.
//
// A guess: that y counts from the top.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace ax {

constexpr int64_t kDspriteSide = 64;
constexpr int64_t kDsprites = 737'280;

struct Dsprite {
  int shape = 0;        // 0 square, 1 ellipse, 2 heart
  int scale = 0;        // of 6
  int orientation = 0;  // of 40
  int x = 0, y = 0;     // of 32
};

// The latents of image `index` in [0, kDsprites), in the original's order.
Dsprite dsprite_at(int64_t index);

// Fills the image, rows from the top: 255 in the shape, 0 elsewhere. A pixel is in the shape where its centre
// is.
void draw_dsprite(const Dsprite& sprite, std::span<uint8_t, kDspriteSide * kDspriteSide> grey);

}  // namespace ax
