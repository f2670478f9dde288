#include "adapterx/data/sources/view_source.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/data/labelled_files.h"
#include "adapterx/data/points/point_dataset.h"
#include "adapterx/data/sources/source_parts.h"
#include "adapterx/io/files_below.h"
#include "adapterx/io/shapes/shape_file.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

constexpr FileKind kShapes = {"shapes", ".obj, .off, .ply, .stl, .wrl ...", is_shape_file};

struct Source {
  std::string file = {};  // read when it is wanted, or else
  ViewModel model = {};   // there
  int32_t label = 0;
};

struct Sources {
  std::vector<std::string> classes = {};
  std::vector<Source> all = {};
};

Sources of_files(const FileSplits& files) {
  Sources sources{.classes = files.classes};
  for (const auto* part : {&files.train, &files.val, &files.test}) {
    for (const LabelledFile& file : *part) sources.all.push_back({.file = file.path, .label = file.label});
  }
  return sources;
}

Sources of_clouds(const fs::path& file, UpAxis up) {
  const PointSplits splits = open_point_splits({.path = file, .val_fraction = 0});
  Sources sources{.classes = splits.classes};
  for (const auto& part : {splits.train, splits.val, splits.test}) {
    for (int64_t i = 0; part && i < part->size(); ++i) {
      sources.all.push_back({.model = view_model(part->points(i), up), .label = part->label(i)});
    }
  }
  return sources;
}

// Folders without shapes are passed over.
Sources of_folder(const fs::path& folder) {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_directory() && !entry.path().filename().string().starts_with('.'))
      folders.push_back(entry.path());
  }
  std::ranges::sort(folders);
  Sources sources;
  for (const fs::path& path : folders) {
    const std::vector<fs::path> files = files_below(path, is_shape_file);
    if (files.empty()) continue;
    const auto label = static_cast<int32_t>(sources.classes.size());
    const bool is_kicad = path.extension() == ".3dshapes";
    sources.classes.push_back((is_kicad ? path.stem() : path.filename()).string());
    for (const fs::path& file : files) sources.all.push_back({.file = file.string(), .label = label});
  }
  return sources;
}

Sources find_sources(const fs::path& path, UpAxis up) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    fail(
        "views: path: {}: no such file or folder; Debian's packages kicad-packages3d and "
        "sweethome3d-furniture have "
        "3D models",
        path.string());
  }
  if (fs::is_directory(path)) return of_folder(path);
  return path.extension() == ".npz" ? of_clouds(path, up) : of_files(labelled_csv(path, kShapes));
}

void leave_out_large(Sources& sources, int64_t most_bytes) {
  std::erase_if(sources.all, [&](const Source& source) {
    std::error_code error;
    return !source.file.empty() && fs::file_size(source.file, error) > static_cast<uintmax_t>(most_bytes);
  });
}

void leave_out_small_classes(Sources& sources, int64_t least) {
  std::vector<int64_t> sizes(sources.classes.size());
  for (const Source& source : sources.all) ++sizes[static_cast<size_t>(source.label)];
  std::vector<int32_t> numbers(sizes.size());
  std::vector<std::string> kept;
  for (size_t c = 0; c < sizes.size(); ++c) {
    numbers[c] = static_cast<int32_t>(kept.size());
    if (sizes[c] >= least) kept.push_back(sources.classes[c]);
  }
  std::erase_if(sources.all, [&](const Source& s) { return sizes[static_cast<size_t>(s.label)] < least; });
  for (Source& source : sources.all) source.label = numbers[static_cast<size_t>(source.label)];
  sources.classes = std::move(kept);
}

class Views : public ImageDataset {
 public:
  Views(std::vector<Source> sources, UpAxis up, const ViewOptions& options)
      : sources_(std::move(sources)),
        read_(std::make_unique<std::once_flag[]>(sources_.size())),
        up_(up),
        options_(options) {}

  int64_t size() const override { return options_.per_model * std::ssize(sources_); }
  int32_t label(int64_t i) const override { return sources_[of(i)].label; }
  std::string name(int64_t i) const override {
    const std::string& file = sources_[of(i)].file;
    return file.empty() ? fmt::format("views#{}", i) : fmt::format("views#{} {}", i, file);
  }
  Image image(int64_t i) const override {
    return draw_view(model(of(i)), options_.size, {.seed = options_.seed, .index = i}, name(i));
  }

 private:
  size_t of(int64_t i) const { return static_cast<size_t>(i % std::ssize(sources_)); }

  const ViewModel& model(size_t i) const {
    Source& source = sources_[i];
    if (!source.file.empty()) {
      std::call_once(read_[i], [&] { source.model = view_model(read_shape_file(source.file), up_); });
    }
    return source.model;
  }

  mutable std::vector<Source> sources_;  // their models come when they are first wanted
  std::unique_ptr<std::once_flag[]> read_;
  UpAxis up_;
  ViewOptions options_;
};

UpAxis up_axis(const ViewOptions& options) {
  return options.up.value_or(options.path == ViewOptions().path ? UpAxis::z : UpAxis::y);
}

}  // namespace

std::vector<Setting> view_settings(ViewOptions& o) {
  return {
      {"path", &o.path, "Folder of class subfolders with shapes, a .csv list of them, or an .npz of clouds."},
      {"up",
       one_of(o.up, {{"auto", std::nullopt}, {"y", UpAxis::y}, {"z", UpAxis::z}, {"-y", UpAxis::minus_y}}),
       "Axis of the files that points up; auto is z in KiCad's folder and y elsewhere."},
      {"min_class_size",
       &o.min_class_size,
       "Least number of shapes of a class; smaller classes are left out.",
       {1, 1'000'000}},
      {"most_kb", &o.most_kb, "Largest file in kilobytes; larger ones are left out.", {1, 1'000'000}},
      {"per_model", &o.per_model, "Views of each shape.", {1, 1'000'000}},
      size_setting(o.size),
      seed_setting(o.seed)};
}

ImageSplits open_views(const ViewOptions& options) {
  const UpAxis up = up_axis(options);
  Sources sources = find_sources(options.path, up);
  leave_out_large(sources, 1000 * options.most_kb);
  leave_out_small_classes(sources, options.min_class_size);
  if (sources.classes.size() < 2) {
    fail("views: {}: expected at least 2 classes of {} shapes or more ({}) of at most {} kB, got {}",
         options.path, options.min_class_size, kShapes.extensions, options.most_kb, sources.classes.size());
  }
  ImageSplits splits{.classes = std::move(sources.classes)};
  splits.train = std::make_shared<Views>(std::move(sources.all), up, options);
  return splits;
}

}  // namespace ax
