#include "adapterx/base/error.h"
#include "adapterx/io/shapes/obj.h"
#include "adapterx/io/shapes/off.h"
#include "adapterx/io/shapes/ply.h"
#include "adapterx/io/shapes/stl.h"
#include "adapterx/io/shapes/wrl.h"
#include "fuzz/targets.h"

namespace ax {

bool fuzz::mesh(Bytes bytes) {
  const FileBytes file = FileBytes::borrow("fuzz", bytes);
  bool accepted = false;
  for (const auto read : {read_obj, read_off, read_ply, read_stl, read_wrl}) {
    try {
      use(read(file));
      accepted = true;
    } catch (const Error&) {
    }
  }
  return accepted;
}

}  // namespace ax
