#include "adapterx/data/images/load_images.h"

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "adapterx/base/error.h"
#include "adapterx/data/input_files.h"
#include "adapterx/io/file_bytes.h"
#include "adapterx/io/images/image_files.h"
#include "adapterx/kernels/pixels/pixels.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

// The short side of the image before the crop.
int64_t resized_side(const Preprocess& p) {
  if (p.crop == Crop::squash) return p.size;
  return static_cast<int64_t>(std::floor(static_cast<double>(p.size) / p.crop_pct));
}

// Where the middle `wanted` of `extent` begins: Python's round(), half to even.
int64_t crop_begin(int64_t extent, int64_t wanted) {
  return static_cast<int64_t>(std::nearbyint(static_cast<double>(extent - wanted) / 2));
}

size_t input_size(const Preprocess& p) { return static_cast<size_t>(3 * p.size * p.size); }

void append_folder(const fs::path& folder, std::vector<fs::path>& files) {
  const std::vector<fs::path> found = image_files_below(folder);
  if (found.empty()) {
    fail("{}: expected images (.jpg, .png, .webp, .bmp, .ppm) in the folder, got none", folder.string());
  }
  files.insert(files.end(), found.begin(), found.end());
}

}  // namespace

kernels::ResizeSpec plan_resize(const Preprocess& p, int64_t height, int64_t width) {
  kernels::ResizeSpec spec;
  spec.height = height;
  spec.width = width;
  spec.interpolation = p.interpolation;
  const int64_t side = resized_side(p);
  if (p.crop == Crop::squash) {
    spec.resized_height = spec.resized_width = side;
    return spec;
  }
  const int64_t shorter = std::min(height, width), longer = std::max(height, width);
  const int64_t resized_longer = side * longer / shorter;
  spec.resized_height = height <= width ? side : resized_longer;
  spec.resized_width = height <= width ? resized_longer : side;
  spec.window = {crop_begin(spec.resized_height, p.size), crop_begin(spec.resized_width, p.size), p.size,
                 p.size};
  return spec;
}

void preprocess_image(const Image& image, const Preprocess& p, std::span<float> out) {
  if (out.size() != input_size(p))
    fail("image: expected room for {} values, got {}", input_size(p), out.size());
  const kernels::Resizer resizer(plan_resize(p, image.height, image.width));
  const auto pixels = std::make_unique_for_overwrite<uint8_t[]>(input_size(p));
  const auto scratch = std::make_unique_for_overwrite<std::byte[]>(resizer.scratch_bytes(3));
  resizer.run(image.pixels.get(), static_cast<int64_t>(image.stride()), 3, pixels.get(), scratch.get());
  kernels::normalise_pixels(pixels.get(), p.size * p.size, 3, {p.mean, p.std}, out.data());
}

void load_image(const fs::path& file, const ImageLoadOptions& options, std::span<float> out) {
  DecodeOptions decode = options.decode;
  if (options.scaled_jpeg) decode.jpeg_min_side = static_cast<int>(resized_side(options.preprocess));
  const FileBytes bytes = FileBytes::map(file);
  preprocess_image(decode_image(bytes.name(), bytes.bytes(), decode), options.preprocess, out);
}

std::vector<std::string> load_images(std::span<const fs::path> files, const ImageLoadOptions& options,
                                     std::span<float> out) {
  return load_each("images", files, input_size(options.preprocess), out,
                   [&](const fs::path& file, std::span<float> input) { load_image(file, options, input); });
}

std::vector<fs::path> find_images(std::span<const fs::path> paths) {
  return find_inputs("images", paths, append_folder);
}

}  // namespace ax
