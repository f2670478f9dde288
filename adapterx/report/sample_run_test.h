// For tests of the page: made-up runs with all that a page can show, and the awkward names it must survive.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "adapterx/base/rng.h"
#include "adapterx/io/images/image.h"
#include "adapterx/report/run_data.h"
#include "adapterx/report/shown_cloud.h"
#include "adapterx/report/thumbnail.h"

namespace ax {

struct SampleOptions {
  int64_t classes = 10, blocks = 12, experts = 8, heads = 4, side = 14, pixels = 224, epochs = 30,
          evaluate_every = 1;
  int64_t pictures = 6, mistakes = 24;
  bool clouds = false;  // point clouds in place of images
  int64_t points = 1024, patches = 64;
};

inline double sample_noise(uint32_t what, int64_t i) {
  return Rng(11, what, 0).uniform(static_cast<uint64_t>(i));
}

// A disc before a graded sky.
inline Image sample_image(int64_t pixels, uint64_t index) {
  Image image = new_image("sample", pixels, pixels);
  const double size = static_cast<double>(pixels);
  const double cx = size * (0.3 + 0.4 * sample_noise(1, static_cast<int64_t>(index)));
  const double cy = size * (0.4 + 0.3 * sample_noise(2, static_cast<int64_t>(index)));
  const double radius = size * (0.15 + 0.15 * sample_noise(3, static_cast<int64_t>(index)));
  for (int64_t y = 0; y < pixels; ++y) {
    for (int64_t x = 0; x < pixels; ++x) {
      const double fx = static_cast<double>(x), fy = static_cast<double>(y);
      const double distance = std::hypot(fx - cx, fy - cy) / radius;
      const bool disc = distance<1, ground = fy> 0.75 * size;
      const double light = disc ? 1.1 - 0.5 * distance : 0.5 + 0.5 * fy / size;
      const double grain = 0.9 + 0.1 * sample_noise(4, x * pixels + y);
      const double color[3] = {disc     ? 220.
                               : ground ? 90.
                                        : 120.,
                               disc     ? 140.
                               : ground ? 120.
                                        : 170.,
                               disc     ? 60.
                               : ground ? 60.
                                        : 230.};
      for (int c = 0; c < 3; ++c) {
        image.row(y)[3 * x + c] = static_cast<uint8_t>(std::clamp(color[c] * light * grain, 0., 255.));
      }
    }
  }
  return image;
}

inline std::vector<std::string> sample_classes(int64_t count) {
  std::vector<std::string> names = {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                                    "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
  for (int64_t i = 10; i < count; ++i) names.push_back("species_" + std::to_string(i * 7919 % 1000));
  names.resize(static_cast<size_t>(count));
  if (count > 12)
    names[11] = "<script>alert(\"x\")</script> & 'a very long name without an end, and then more'";
  return names;
}

inline Confusion sample_confusion(int64_t classes) {
  Confusion confusion{sample_classes(classes), std::vector<int64_t>(static_cast<size_t>(classes * classes))};
  for (int64_t truth = 0; truth < classes; ++truth) {
    for (int64_t image = 0; image < 10'000 / classes; ++image) {
      const double u = sample_noise(5, truth * 10'000 + image);
      int64_t predicted = truth;
      if (u < 0.04 + 0.2 * sample_noise(6, truth)) {
        const double v = sample_noise(7, truth * 10'000 + image);
        predicted = v < 0.5 ? (truth * 3 + 1) % classes : static_cast<int64_t>(v * 77'777) % classes;
      }
      ++confusion.counts[static_cast<size_t>(truth * classes + predicted)];
    }
  }
  return confusion;
}

inline ExpertUse sample_expert_use(const SampleOptions& o, double progress) {
  ExpertUse use{o.blocks, o.experts, {}};
  for (int64_t block = 0; block < o.blocks; ++block) {
    std::vector<double> weight(static_cast<size_t>(o.experts));
    double sum = 0;
    for (int64_t e = 0; e < o.experts; ++e) {
      const double taste = sample_noise(8, block * 100 + e) * 3.5 * progress;
      sum += weight[static_cast<size_t>(e)] = std::exp(taste + 0.3 * sample_noise(9, e));
    }
    for (const double w : weight) use.share.push_back(w / sum);
  }
  return use;
}

inline std::vector<EpochRecord> sample_epochs(const SampleOptions& o) {
  std::vector<EpochRecord> epochs;
  for (int64_t epoch = 1; epoch <= o.epochs; ++epoch) {
    const double t = static_cast<double>(epoch) / static_cast<double>(o.epochs);
    EpochRecord& r = epochs.emplace_back();
    r.epoch = epoch;
    r.lr = t < 0.1 ? 1e-2 * t : 1e-3 * (0.5 + 0.5 * std::cos((t - 0.1) / 0.9 * 3.14159));
    r.train_loss = 0.18 + 2.1 * std::exp(-5 * t) + 0.03 * sample_noise(20, epoch);
    r.train_accuracy = 0.95 - 0.75 * std::exp(-6 * t) + 0.01 * sample_noise(21, epoch);
    r.gradient_norm = 0.4 + 3 * std::exp(-4 * t) + 0.3 * sample_noise(22, epoch);
    r.seconds = 7.5 + sample_noise(23, epoch);
    r.images_per_s = 1000 / r.seconds;
    r.peak_rss_mb = 640;
    if (o.experts > 0) r.penalty = 0.1 + 0.05 * std::exp(-3 * t);
    if (epoch % o.evaluate_every != 0) continue;
    r.val_loss = 0.3 + 1.9 * std::exp(-5 * t) + 0.05 * sample_noise(24, epoch);
    r.val_accuracy = 0.9 - 0.7 * std::exp(-6 * t) + 0.02 * sample_noise(25, epoch);
    if (o.experts > 0) r.expert_use = sample_expert_use(o, t);
  }
  return epochs;
}

inline ShownSample sample_shown(const SampleOptions& o, int64_t i, int64_t pixels, bool wrong) {
  ShownSample shown;
  shown.name = "test/<" + std::to_string(i) + ">.png";
  shown.image = encode_thumbnail(sample_image(pixels, static_cast<uint64_t>(i)));
  shown.truth = i * 3 % o.classes;
  shown.predicted = wrong ? (shown.truth + 1 + i % 3) % o.classes : shown.truth;
  shown.confidence = 0.999 - 0.01 * static_cast<double>(i);
  return shown;
}

// Regions that follow the picture's disc and ground, more mixed in early blocks. A prompt joins in every
// block.
inline RoutingPicture sample_routing(const SampleOptions& o, int64_t index) {
  RoutingPicture picture{sample_shown(o, index, o.pixels, index % 3 == 2), o.side, {o.heads, o.experts, {}}};
  const Image image = sample_image(o.pixels, static_cast<uint64_t>(index));
  for (int64_t block = 0; block < o.blocks; ++block) {
    std::vector<uint8_t>& choice = picture.choices.blocks.emplace_back();
    for (int64_t token = -1 - block; token < o.side * o.side; ++token) {
      const int64_t patch = o.pixels / o.side, y = token / o.side, x = token % o.side;
      int64_t value = block % 3;
      if (token >= 0) value = image.row(y * patch + patch / 2)[3 * (x * patch + patch / 2) + 2] / 64;
      for (int64_t head = 0; head < o.heads; ++head) {
        const double u =
            sample_noise(30 + static_cast<uint32_t>(index), (block * 1000 + token + 50) * 8 + head);
        const int64_t shift =
            u > 0.5 + 0.04 * static_cast<double>(block) ? static_cast<int64_t>(u * 1000) : head / 3;
        choice.push_back(static_cast<uint8_t>((value * 2 + block / 3 + shift) % o.experts));
      }
    }
  }
  return picture;
}

// A point on one of the boxes, chosen by volume, whose edges are the corners' differences.
inline std::array<float, 3> point_of_boxes(std::span<const std::array<double, 6>> boxes, uint32_t what,
                                           int64_t i) {
  const auto noise = [&](int64_t k) { return sample_noise(what, 8 * i + k); };
  double sum = 0;
  for (const auto& box : boxes) sum += std::cbrt((box[3] - box[0]) * (box[4] - box[1]) * (box[5] - box[2]));
  double left = noise(0) * sum;
  const std::array<double, 6>* chosen = &boxes.back();
  for (const auto& box : boxes) {
    left -= std::cbrt((box[3] - box[0]) * (box[4] - box[1]) * (box[5] - box[2]));
    if (left >= 0) continue;
    chosen = &box;
    break;
  }
  std::array<float, 3> point{};
  const auto face = static_cast<size_t>(noise(1) * 3);  // on a pair of opposite sides
  for (size_t axis = 0; axis < 3; ++axis) {
    double at = noise(2 + static_cast<int64_t>(axis));
    if (axis == face) at = std::round(at);
    point[axis] = static_cast<float>((*chosen)[axis] + at * ((*chosen)[axis + 3] - (*chosen)[axis]));
  }
  return point;
}

// A chair or a table of random proportions, y up.
inline std::vector<float> sample_furniture(int64_t points, int64_t index) {
  const auto what = static_cast<uint32_t>(40 + index);
  const double width = 0.8 + 0.8 * sample_noise(what, -1), leg = 0.7 + 0.5 * sample_noise(what, -2);
  const double thick = 0.07, x = width / 2;
  std::vector<std::array<double, 6>> boxes = {{-x, leg, -0.5, x, leg + thick, 0.5},
                                              {-x, 0, -0.5, -x + thick, leg, -0.5 + thick},
                                              {x - thick, 0, -0.5, x, leg, -0.5 + thick},
                                              {-x, 0, 0.5 - thick, -x + thick, leg, 0.5},
                                              {x - thick, 0, 0.5 - thick, x, leg, 0.5}};
  if (index % 3 != 1) boxes.push_back({-x, leg, -0.5, x, 2.1 * leg, -0.5 + thick});
  std::vector<float> xyz;
  for (int64_t i = 0; i < points; ++i) {
    const std::array<float, 3> point = point_of_boxes(boxes, what, i);
    xyz.insert(xyz.end(), point.begin(), point.end());
  }
  return xyz;
}

inline ShownSample sample_shown_cloud(const SampleOptions& o, int64_t i, int64_t points, bool wrong) {
  ShownSample shown = sample_shown(o, i, 4, wrong);
  shown.image.clear();
  shown.name = "chair/<" + std::to_string(i) + ">.ply";
  shown.points = shown_points(sample_furniture(points, i));
  return shown;
}

// Patches around the first points; experts by height, more mixed in early blocks.
inline CloudPicture sample_cloud(const SampleOptions& o, int64_t index) {
  const std::vector<float> xyz = sample_furniture(o.points, index);
  const std::span<const float> centers(xyz.data(), static_cast<size_t>(3 * o.patches));
  CloudPicture cloud{sample_shown_cloud(o, index, o.points, index % 3 == 2),
                     o.patches,
                     nearest_centers(xyz, centers),
                     {o.heads, o.experts, {}}};
  for (int64_t block = 0; block < o.blocks && o.experts > 0; ++block) {
    std::vector<uint8_t>& choice = cloud.choices.blocks.emplace_back();
    for (int64_t token = -1 - block; token < o.patches; ++token) {
      const double height = token < 0 ? 0 : static_cast<double>(centers[static_cast<size_t>(3 * token + 1)]);
      for (int64_t head = 0; head < o.heads; ++head) {
        const double u =
            sample_noise(60 + static_cast<uint32_t>(index), (block * 1000 + token + 50) * 8 + head);
        const double mixed = (1 - 0.07 * static_cast<double>(block)) * u + 0.9 * height;
        choice.push_back(static_cast<uint8_t>((static_cast<int64_t>(4 * mixed) + head / 3) % o.experts));
      }
    }
  }
  return cloud;
}

inline RunFacts sample_facts(const SampleOptions& o) {
  RunFacts f;
  f.finished = true;
  f.samples = o.clouds ? "clouds" : "images";
  f.title = "AdaptFormer-X on fashion-mnist";
  f.method = o.experts > 0 ? "adaptformer_x" : "linear_probe";
  f.model = "vit_small_patch8_48 (2.7 M)";
  f.weights = "weights/vit_small_patch8_48.safetensors, sha256 3f1c…9a02";
  f.data = "fashion-mnist, train800 + val200";
  f.precision = "bf16";
  f.version = "adapterx 0.1.0";
  f.select = "val-best";
  f.seed = 42;
  f.threads = 2;
  f.epochs = o.epochs;
  f.batch = 64;
  f.train_images = 800;
  f.val_images = 200;
  f.test_images = 10'000;
  f.accuracy = 0.8714;
  f.accuracy_split = "test";
  f.best_val_accuracy = 0.9150;
  f.best_epoch = std::max<int64_t>(1, o.epochs * 4 / 5);
  f.last_test_accuracy = 0.8698;
  f.seconds = 251.3;
  f.peak_rss_mb = 643;
  f.adapter_bytes = 699'124;
  if (o.experts > 0) {
    f.parameters.parts = {
        {"LN2", 18'432}, {"PG", 18'432}, {"CLS", 768}, {"SMoA experts", 98'304}, {"SMoA router", 800}};
  }
  f.parameters.parts.push_back({"head", 769 * o.classes, true});
  f.parameters.backbone = 85'798'656;
  return f;
}

inline RunRecord sample_run(const SampleOptions& o) {
  RunRecord run;
  run.facts = sample_facts(o);
  run.config =
      "seed = 42\n\n[method]\nname = \"adaptformer_x\"\nexperts = 8\nheads = 4\n\n[data]\npath = \"<data> & "
      "'more'\"\n";
  run.epochs = sample_epochs(o);
  run.findings.confusion = sample_confusion(o.classes);
  if (o.clouds) {
    for (int64_t i = 0; i < o.mistakes; ++i)
      run.findings.mistakes.push_back(sample_shown_cloud(o, i, std::min<int64_t>(o.points, 512), true));
    for (int64_t i = 0; i < o.pictures; ++i) run.findings.clouds.push_back(sample_cloud(o, i));
    return run;
  }
  for (int64_t i = 0; i < o.mistakes; ++i)
    run.findings.mistakes.push_back(sample_shown(o, i, o.pixels > 64 ? 112 : o.pixels, true));
  for (int64_t i = 0; i < o.pictures && o.experts > 0; ++i)
    run.findings.routing.push_back(sample_routing(o, i));
  return run;
}

}  // namespace ax
