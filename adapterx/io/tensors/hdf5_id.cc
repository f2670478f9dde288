#include "adapterx/io/tensors/hdf5_id.h"

#include <fmt/format.h>

namespace ax {
namespace {

std::mutex& library() {
  static std::mutex mutex;
  // What damaged files left open would be complained of on the terminal when the program ends.
  [[maybe_unused]] static const herr_t quiet = H5dont_atexit();
  return mutex;
}

}  // namespace

hdf5::Session::Session() : lock_(library()) {
  H5Eget_auto2(H5E_DEFAULT, &print_, &print_data_);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

hdf5::Session::~Session() { H5Eset_auto2(H5E_DEFAULT, print_, print_data_); }

std::string hdf5::reason() {
  std::string text;
  const auto keep_innermost = [](unsigned /*n*/, const H5E_error2_t* error, void* out) -> herr_t {
    if (error->desc != nullptr) *static_cast<std::string*>(out) = error->desc;
    return 0;
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, keep_innermost, &text);
  return text.empty() ? text : fmt::format(" (the library: {})", text);
}

}  // namespace ax
