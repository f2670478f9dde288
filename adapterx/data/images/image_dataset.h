// Labelled images: what a folder, a list or an IDX pair holds, and how it is cut into training, validation
// and test images.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapterx/data/dataset.h"
#include "adapterx/io/images/image.h"

namespace ax {

class ImageDataset : public Dataset {
 public:
  virtual Image image(int64_t i) const = 0;         // decoded to RGB; throws Error naming the file
  virtual bool in_memory() const { return false; }  // image() is a copy, not worth a cache
  // Whether training may augment the image. Not where that would make false what is told of it: where it is,
  // or how it is turned.
  virtual bool augmented(int64_t /*i*/) const { return true; }
};

struct ImageSplits {
  std::string format = {};  // as found
  std::vector<std::string> classes = {};
  std::shared_ptr<const ImageDataset> train = {}, val = {},
                                      test = {};  // null where there is none; train or test is there
  std::vector<LabelSet> further = {};             // label sets beside the first, whose classes are `classes`
  // Where a model gets several heads: what each is for. `classes` are then those of all, "glyphs/x: 3".
  std::vector<Head> heads = {};
};

// Formats:
//   folder  class subfolders with images below them; or train, val (or valid, validation) and test folders of
//           class subfolders. Classes count in byte order of their names, which must be the same in all
//           splits;
//   vtab    a folder with train800.txt, val200.txt, train800val200.txt, test.txt (some of them), lines
//           "images/test/000123.jpg 7", paths relative to the folder. Where train800.txt is missing, the
//           training images are those of train800val200.txt;
//   csv     a file of rows path,label[,split] (io/lists/image_csv.h), paths relative to its folder;
//   idx     a folder with train-images-idx3-ubyte, train-labels-idx1-ubyte and those of t10k- (the test
//           images), each plain or .gz, as MNIST has them;
//   auto    what is there: a file is csv, a folder with such lists vtab, with such files idx, else folder.
// Where labels are numbers, classes.txt or class_names.txt in the same folder, a name a line, gives the
// names.
//
// Where spec.path is "NAME" or "NAME:key=value,key=value" and NAME one of image_sources.h, the images are
// made by this source; a file or folder of that name goes first.
//
// Several such, "4*cifar10 + glyphs:classes=400 + fractals", are one data set with a head for each label set
// (spec.all_labels) or each data set: all their training images, those of cifar10 four times, and nothing
// else of them. So is one that is repeated ("4*cifar10") or has several label sets, where spec.all_labels
// asks for them. Each image weighs as much, whatever is told of it. Images of which several things are told
// aren't augmented.
//
// Throws Error naming file and line (or folder) where something is missing, damaged or contradicts itself.
ImageSplits open_image_splits(const DatasetSpec& spec);

// The images `indices` of a data set, in their order. Throws Error on an index outside of it.
std::shared_ptr<const ImageDataset> subset(std::shared_ptr<const ImageDataset> images,
                                           std::vector<int64_t> indices);

// The images of both, those of `first` first; either may be null. VTAB's train800val200 is train, then val.
std::shared_ptr<const ImageDataset> concatenate(std::shared_ptr<const ImageDataset> first,
                                                std::shared_ptr<const ImageDataset> second);

}  // namespace ax
