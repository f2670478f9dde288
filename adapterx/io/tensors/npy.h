// NumPy's .npy and .npz (numpy.lib.format, versions 1.0 to 3.0): one array, or a zip archive of arrays.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/io/tensors/tensor_file.h"

namespace ax {

// Arrays in C order, or in Fortran order (they have strides), of bool, integers, float16/32/64, complex64/128
// and bfloat16 ('V2', as ml_dtypes saves it), little-endian. An array is named as its entry without ".npy";
// the one of a .npy file is "arr_0", as np.savez has it.
//
// Arrays of text ('U', 'S') go to metadata(), row-major, separated by commas, in UTF-8 ('S': bytes as they
// are); a comma in a text is not marked. They may have 2^20 bytes in the file and 2^20 texts.
//
// Stored arrays stay in the mapping, their CRC unchecked. Deflated ones are unpacked: all together to no more
// than 64 MB or 200 times the file's size, whichever is larger.
//
// Throws Error naming the file and the array where a header is damaged, where the data are not exactly as
// long as shape and type say, and on what is not supported: objects, structures, dates, longer texts,
// big-endian data, entries that are no arrays.
TensorFile read_npz(const FileBytes& file);
TensorFile read_npy(const FileBytes& file);

// The texts of one such array of a .npz file, each by itself. Throws Error as read_npz, and where there is no
// such array, or one of numbers.
std::vector<std::string> read_npz_texts(const FileBytes& file, std::string_view name);

// Writes an uncompressed .npz that numpy.load reads, atomically; the data are aligned to 64 bytes. BF16
// becomes
// '<V2', for which NumPy has no type of its own: .view(ml_dtypes.bfloat16). Throws Error naming the file on a
// failed write, and where a tensor is of an 8-bit float, has data that differ in size from its shape and
// dtype, or strides other than those of Fortran order.
void write_npz(const std::filesystem::path& path, const TensorMap& tensors);

}  // namespace ax
