// What all data sets have: labelled samples by number. image_dataset.h and point_dataset.h say what they are.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace ax {

// One thing that is told of samples: which character a glyph is, or where.
struct LabelSet {
  std::string name;
  std::vector<std::string> classes;
};

// Part of a model's classes with a softmax of its own, for one label set.
struct Head {
  std::string name;
  int64_t classes = 0;
};

// Samples 0 to size() - 1. All functions may be called by any thread.
class Dataset {
 public:
  virtual ~Dataset() = default;
  virtual int64_t size() const = 0;
  virtual int32_t label(int64_t i) const = 0;     // in [0, classes), of the first label set
  virtual std::string name(int64_t i) const = 0;  // the file, or "train-images-idx3-ubyte.gz#17"

  // Where a data set has several label sets: out [label sets], the class of the sample in each, or -1 where
  // nothing is told.
  virtual void labels(int64_t i, std::span<int32_t> out) const { out[0] = label(i); }

  // Of a data set that has been made for a model of several heads (ImageSplits::heads): row [classes of all
  // heads], zeros, gets weights that add up to 1 at the classes that are told of the sample.
  virtual bool several_heads() const { return false; }
  virtual void add_targets(int64_t i, std::span<float> row) const { row[static_cast<size_t>(label(i))] = 1; }
};

struct DatasetSpec {
  std::filesystem::path path = {};
  std::string format = "auto";  // open_image_splits and open_point_splits list them
  // Where the data have no validation samples of their own, val_size, or else this part, of the training
  // samples becomes them (0: there are none): stratified by class and drawn by seed.
  double val_fraction = 0.2;
  // Above 0: only so many samples, stratified and drawn by seed (800 and 200 are VTAB's habit). With
  // train_size alone, val_fraction * train_size are taken for validation, besides.
  int64_t train_size = 0, val_size = 0;
  int64_t test_size = 0;  // above 0: only so many test samples, drawn likewise
  uint64_t seed = 0;
  // A file of names for the classes, a name a line, in place of those found. Of classes that are numbers
  // there may be more names than labels; a folder must have as many.
  std::filesystem::path class_names = {};
  // Whether labels are asked for. Else there may be one class alone, and the images of a folder without
  // subfolders are one, "unlabelled".
  bool labelled = true;

  // Whether all label sets are told, a head each, or only the first.
  bool all_labels = false;

  // Of point clouds (open_point_splits).
  std::string variant = {};      // which of a format's data sets; "": its default
  int64_t min_class_size = 0;    // classes with fewer samples, all splits together, are left out
  int64_t sample_points = 4096;  // of a mesh's surface, or the most of a cloud in a file of its own
};

// Throws Error on an index outside [0, size).
void check_subset(int64_t size, const std::vector<int64_t>& indices);

}  // namespace ax
