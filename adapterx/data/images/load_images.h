// From image files to the input of a model.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "adapterx/data/images/preprocess.h"
#include "adapterx/io/images/image.h"
#include "adapterx/kernels/pixels/resample.h"

namespace ax {

struct ImageLoadOptions {
  Preprocess preprocess;
  DecodeOptions decode;
  // Decodes large JPEGs at 1/2, 1/4 or 1/8 of their size where that still covers the resized image: several
  // times faster, but the pixels are not those that training saw.
  bool scaled_jpeg = false;
};

// How an image of height x width is resized and cropped, with the rounding of torchvision's Resize and
// CenterCrop.
kernels::ResizeSpec plan_resize(const Preprocess& preprocess, int64_t height, int64_t width);

// Resizes, crops and normalises: out [3, size, size].
void preprocess_image(const Image& image, const Preprocess& preprocess, std::span<float> out);

// Reads and decodes a file, then the same. Throws Error naming the file.
void load_image(const std::filesystem::path& file, const ImageLoadOptions& options, std::span<float> out);

// Many files, on all threads: out [files, 3, size, size]. Returns an error text for each file, "" where it is
// well; the input of one that failed is zero.
std::vector<std::string> load_images(std::span<const std::filesystem::path> files,
                                     const ImageLoadOptions& options, std::span<float> out);

// The images that the paths name: files as they are, folders with all images below them (by extension, in
// order of their names). Throws Error where a path doesn't exist or a folder holds no image.
std::vector<std::filesystem::path> find_images(std::span<const std::filesystem::path> paths);

}  // namespace ax
