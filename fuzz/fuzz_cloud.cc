#include "adapterx/base/error.h"
#include "adapterx/io/shapes/pcd.h"
#include "adapterx/io/shapes/shape_file.h"
#include "adapterx/io/shapes/xyz.h"
#include "fuzz/targets.h"

namespace ax {

bool fuzz::cloud(Bytes bytes) {
  const FileBytes file = FileBytes::borrow("fuzz", bytes);
  bool accepted = false;
  for (const auto read : {read_xyz, read_pcd, read_npy_cloud}) {
    try {
      use(read(file));
      accepted = true;
    } catch (const Error&) {
    }
  }
  return accepted;
}

}  // namespace ax
