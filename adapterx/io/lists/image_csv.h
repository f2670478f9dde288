// The rows of a CSV file of labelled images.
//
// With a header: columns in any order, of which path (or file, filename, image, image_path), label (or class,
// target) and, optionally, split are read, in any case of letters. The first row is a header where one of its
// fields is such a name for the label. Without: path, label, and optionally split.
//
// Labels are numbers where all of them are; else names, which count in byte order. A split is train, val (or
// valid, validation) or test; empty: train.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "adapterx/io/file_bytes.h"
#include "adapterx/io/lists/split.h"

namespace ax {

struct CsvImage {
  std::string path;  // as it stands there
  std::string label;
  Split split = Split::train;
  int64_t line = 0;
};

// Throws Error with file and line on a row of too few or too many fields, an empty path or label, or an
// unknown split.
std::vector<CsvImage> read_image_csv(const FileBytes& file);

}  // namespace ax
