// Colours of 8-bit RGB pixels [count, 3], changed in place: equal bit for bit to Pillow's ImageEnhance,
// ImageOps and Image.convert, and so to torchvision's functions on Pillow images.
//
// A factor x blends a degenerate image (x = 0) with the image itself (x = 1), and goes on beyond it:
//   degenerate + x * (image - degenerate) in f32, clipped to [0, 255], fraction dropped.
#pragma once

#include <cstdint>

namespace ax::kernels {

void adjust_brightness(uint8_t* pixels, int64_t count, float factor);  // degenerate: black
void adjust_contrast(uint8_t* pixels, int64_t count, float factor);    // the mean grey of the image, rounded
void adjust_saturation(uint8_t* pixels, int64_t count, float factor);  // the pixel's grey

// The image smoothed by 1/13 of the 3 x 3 kernel of ones with 5 in the middle; its edge pixels are left as
// they are. source, out: [height, width, 3]; may not overlap.
void adjust_sharpness(const uint8_t* source, int64_t height, int64_t width, float factor, uint8_t* out);

// By `turn` of a full turn, in [-1, 1]: HSV of 8 bits each, hue plus trunc(255 * turn) modulo 256.
void turn_hue(uint8_t* pixels, int64_t count, double turn);

// (19595 R + 38470 G + 7471 B + 2^15) >> 16, ITU-R 601-2 luma, in all three channels.
void to_grey(uint8_t* pixels, int64_t count);

void posterize(uint8_t* pixels, int64_t count, int bits);        // keeps the high `bits`, 0 to 8
void solarize(uint8_t* pixels, int64_t count, float threshold);  // inverts values from the threshold on
void autocontrast(uint8_t* pixels, int64_t count);  // each channel: its least value to 0, its largest to 255
void equalize(uint8_t* pixels, int64_t count);      // each channel: values about equally frequent

}  // namespace ax::kernels
