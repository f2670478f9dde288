// adapterx bench images: the rate at which image files become the input of a model, and where the time goes.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ctime>
#include <memory>
#include <nlohmann/json.hpp>

#include "adapterx/base/buffer.h"
#include "adapterx/base/cpu.h"
#include "adapterx/base/parallel.h"
#include "adapterx/data/images/load_images.h"
#include "adapterx/io/file_bytes.h"
#include "adapterx/io/tensors/npy.h"
#include "adapterx/kernels/pixels/pixels.h"
#include "cli/bench/bench_result.h"
#include "cli/command.h"

namespace ax::cli {
namespace {

namespace fs = std::filesystem;

constexpr size_t kBatch = 32;  // images loaded into one buffer, over and over, as training does

struct ImagesOptions {
  std::vector<std::string> paths;
  std::string preprocess = "half", save;
  int64_t size = 224;
  int threads = 0, repeat = 3;
  bool scaled_jpeg = false, json = false;
};

double cpu_seconds(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

ImageLoadOptions load_options(const ImagesOptions& options) {
  ImageLoadOptions load;
  load.preprocess = preprocess_preset(options.preprocess);
  load.preprocess.size = options.size;
  load.scaled_jpeg = options.scaled_jpeg;
  return load;
}

struct Split {
  double decode = 0, resize = 0, normalise = 0;  // CPU seconds
};

class ImagesBench {
 public:
  explicit ImagesBench(const ImagesOptions& options)
      : options_(options), load_(from_command_line([&] { return load_options(options); })) {
    if (options.threads > 0) set_thread_count(options.threads);
    const std::vector<fs::path> paths(options.paths.begin(), options.paths.end());
    files_ = find_images(paths);
    batch_ = Buffer(std::min(kBatch, files_.size()) * input_values() * sizeof(float));
  }

  nlohmann::ordered_json run() {
    load_all();  // reads the files into the system's cache
    std::vector<double> wall, cpu;
    std::vector<Split> splits;
    for (int i = 0; i < options_.repeat; ++i) {
      const double wall_start = seconds_now(), cpu_start = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
      load_all();
      cpu.push_back(cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_start);
      wall.push_back(seconds_now() - wall_start);
      splits.push_back(split());
    }
    return report(wall, cpu, splits);
  }

  void save(const fs::path& path) const {
    const Buffer inputs(files_.size() * input_values() * sizeof(float));
    load(files_, inputs);
    const auto count = static_cast<int64_t>(files_.size());
    const int64_t size = load_.preprocess.size;
    const std::span<const float> values(inputs.as<float>(), files_.size() * input_values());
    write_npz(path, {{"inputs", f32_tensor({count, 3, size, size}, values)}});
  }

 private:
  size_t input_values() const {
    return static_cast<size_t>(3 * load_.preprocess.size * load_.preprocess.size);
  }

  void load(std::span<const fs::path> files, const Buffer& inputs) const {
    const std::span<float> out(inputs.as<float>(), files.size() * input_values());
    for (const std::string& error : load_images(files, load_, out)) {
      if (!error.empty()) fail("{}", error);
    }
  }

  void load_all() const {
    for (size_t i = 0; i < files_.size(); i += kBatch) {
      load(std::span(files_).subspan(i, std::min(kBatch, files_.size() - i)), batch_);
    }
  }

  // The steps of load_image, one by one on this thread.
  Split split() {
    const Preprocess& p = load_.preprocess;
    DecodeOptions decode = load_.decode;
    if (load_.scaled_jpeg) decode.jpeg_min_side = static_cast<int>(plan_resize(p, 1, 1).resized_height);
    Split sum;
    pixels_ = 0;
    for (const fs::path& file : files_) {
      const double start = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
      const FileBytes bytes = FileBytes::map(file);
      const Image image = decode_image(bytes.name(), bytes.bytes(), decode);
      const double decoded = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
      const kernels::Resizer resizer(plan_resize(p, image.height, image.width));
      const auto resized = std::make_unique_for_overwrite<uint8_t[]>(input_values());
      const auto scratch = std::make_unique_for_overwrite<std::byte[]>(resizer.scratch_bytes(3));
      resizer.run(image.pixels.get(), static_cast<int64_t>(image.stride()), 3, resized.get(), scratch.get());
      const double cropped = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
      kernels::normalise_pixels(resized.get(), p.size * p.size, 3, {p.mean, p.std}, batch_.as<float>());
      sum.normalise += cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - cropped;
      sum.resize += cropped - decoded;
      sum.decode += decoded - start;
      pixels_ += image.width * image.height;
    }
    return sum;
  }

  nlohmann::ordered_json report(const std::vector<double>& wall, const std::vector<double>& cpu,
                                const std::vector<Split>& splits) const {
    const auto images = static_cast<double>(files_.size());
    const auto ms_an_image = [&](double Split::*part) {
      std::vector<double> seconds;
      for (const Split& s : splits) seconds.push_back(s.*part);
      return 1e3 * median(seconds) / images;
    };
    nlohmann::ordered_json j;
    j["images"] = files_.size();
    j["decoded_megapixels"] = 1e-6 * static_cast<double>(pixels_) / images;
    j["preprocess"] = to_string(load_.preprocess);
    j["scaled_jpeg"] = load_.scaled_jpeg;
    j["threads"] = thread_count();
    j["cpu"] = cpu_description();
    j["images_per_s"] = images / median(wall);
    j["images_per_core_s"] = images / median(cpu);
    j["decode_ms"] = ms_an_image(&Split::decode);
    j["resize_ms"] = ms_an_image(&Split::resize);
    j["normalise_ms"] = ms_an_image(&Split::normalise);
    j["wall_seconds"] = wall;
    j["cpu_seconds"] = cpu;
    return j;
  }

  ImagesOptions options_;
  ImageLoadOptions load_;
  std::vector<fs::path> files_;
  Buffer batch_;
  int64_t pixels_ = 0;
};

void run_images_bench(const ImagesOptions& options) {
  ImagesBench bench(options);
  const nlohmann::ordered_json result = bench.run();
  if (!options.save.empty()) bench.save(options.save);
  print_result(result, options.json);
}

}  // namespace

void add_bench_images(CLI::App& bench) {
  auto options = std::make_shared<ImagesOptions>();
  CLI::App* images = bench.add_subcommand("images", "Time the preprocessing of image files");
  images->add_option("paths", options->paths, "Images, or folders of them")->required();
  images->add_option("--preprocess", options->preprocess, "none, imagenet, half or clip")
      ->capture_default_str();
  images->add_option("--size", options->size, "Side of the model's input")
      ->check(CLI::Range(1, 1 << 14))
      ->capture_default_str();
  images->add_flag("--scaled-jpeg", options->scaled_jpeg,
                   "Decode large JPEGs at 1/2, 1/4 or 1/8 size: faster, other pixels");
  images->add_option("--threads", options->threads, "Threads (default: all cores)")
      ->check(CLI::Range(1, 1024));
  images->add_option("--repeat", options->repeat, "Timed passes over the images")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  images->add_option("--save", options->save, "Write the inputs to this .npz file");
  images->add_flag("--json", options->json, "Print one JSON object");
  images->callback([options] { run_images_bench(*options); });
}

}  // namespace ax::cli
