// Views of 3D shapes, each a function of seed and number: what is it?
#pragma once

#include "adapterx/data/images/image_dataset.h"
#include "adapterx/data/sources/source_options.h"

namespace ax {

// Options: path (/usr/share/kicad/3dmodels, of Debian's kicad-packages3d): a folder of class subfolders with
// shape files below them (io/shapes/shape_file.h), a .csv of rows path,label[,split] or an .npz of labelled
// clouds (point_dataset.h), whose splits are all taken; per_model (20): views of each; up = y (the default),
// z (that of KiCad's folder) or -y: which axis of the files points up; min_class_size (5): smaller classes
// are left out; most_kb (600): so are larger files; size (64): the side in pixels; seed (0).
//
// A file is read when a view of it is first asked for, and stays in memory: KiCad's 5,900 take 650
// MB.
//
// Throws Error where the path is missing or fewer than two classes remain; so do images of damaged files.
ImageSplits open_views(SourceOptions& options);

}  // namespace ax
