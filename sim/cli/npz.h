// NumPy's .npz: a zip of .npy arrays (numpy/lib/format.py, format 1.0).
#pragma once

#include <string>

#include "models/graph/graph.h"

namespace systolith::cli {

// Writes float32 arrays, uncompressed and with a fixed date: equal tensors give equal files.
void write_npz(const std::string& path, const TensorMap& tensors);

// Reads arrays of float32, float64 or an integer type, in C order, as float32. UserError names the
// file, the array and what is wrong with it.
TensorMap read_npz(const std::string& path);

}  // namespace systolith::cli
