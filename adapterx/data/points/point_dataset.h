// Labelled point clouds: what the published sets and folders of 3D files hold, and how it is cut into
// training, validation and test clouds.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapterx/data/dataset.h"
#include "adapterx/io/shapes/point_cloud.h"

namespace ax {

class PointDataset : public Dataset {
 public:
  // As it is stored; a surface as the points sampled from it. At least one, all finite. Throws Error naming
  // the file.
  virtual PointCloud points(int64_t i) const = 0;
  virtual bool in_memory() const { return false; }  // points() is a copy
};

// Files of a folder that were passed over because they cannot be read.
struct SkippedFiles {
  int64_t count = 0;
  std::vector<std::string> errors = {};  // of the first few, in the files' order
};

struct PointSplits {
  std::string format = {};  // as found
  std::vector<std::string> classes = {};
  std::shared_ptr<const PointDataset> train = {}, val = {},
                                      test = {};  // null where there is none; train or test is there
  bool unit_sphere =
      true;  // whether the format's protocol normalises clouds (data/points/point_preprocess.h)
  SkippedFiles skipped = {};
  std::vector<std::string> left_out = {};  // classes smaller than spec.min_class_size
};

// Formats:
//   scanobjectnn  the folder that has main_split and main_split_nobg, or one of these. variant: OBJ_BG,
//                 OBJ_ONLY or PB_T50_RS (the default). 15 classes; not normalised;
//   modelnet      modelnet40_normal_resampled: lists of names, <class>/<name>.txt, which are read when asked
//                 for. variant: modelnet40 (the default) or modelnet10. A cache of all clouds,
//                 modelnet40_train_8192pts_fps.dat, is taken in place of the texts where it is there;
//   fewshot       a fold of few-shot ModelNet40: its .pkl, or the folder of all folds with variant
//                 "5way10shot/3", in folders 5way10shot or 5way_10shot;
//   npz           arrays points [M, n, 3], label [M], and, optionally, class_names and split [M] ("train",
//                 "val", "test", or 0, 1, 2; without: all are training clouds);
//   shapes        class subfolders with shape files (io/shapes/shape_file.h) below them, or train, val and
//   test folders
//                 of such, as with images. Files that cannot be read are passed over and counted;
//   csv           a file of rows path,label[,split] (io/lists/image_csv.h) that name shape files;
//   auto          what is there: by the file's extension, by the folders and lists above, else shapes.
// Of the official sets, test is test; validation clouds come out of the training clouds as spec says. Those
// of PB_T50_RS are five disturbed copies of each object, which a random cut puts on both sides.
//
// Shape files are read and sampled once, at opening, by all threads (load_cloud.h), and stay in memory:
// 12 bytes a point.
//
// Throws Error naming file and line, or the sample, where something is missing, damaged or contradicts
// itself.
PointSplits open_point_splits(const DatasetSpec& spec);

// The clouds `indices` of a data set, in their order. Throws Error on an index outside of it.
std::shared_ptr<const PointDataset> subset(std::shared_ptr<const PointDataset> clouds,
                                           std::vector<int64_t> indices);

// The clouds of both, those of `first` first; either may be null.
std::shared_ptr<const PointDataset> concatenate(std::shared_ptr<const PointDataset> first,
                                                std::shared_ptr<const PointDataset> second);

}  // namespace ax
