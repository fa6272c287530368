// One array in NumPy's .npy format 1.0 (numpy/lib/format.py).
#pragma once

#include <string>
#include <string_view>

#include "models/graph/graph.h"

namespace systolith::cli {

// Little-endian float32 in C order. Requires: a float32 tensor.
std::string to_npy(const Tensor& tensor);

// As float32. UserError says what is wrong; the caller adds the file's and the array's name.
Tensor from_npy(std::string_view bytes);

}  // namespace systolith::cli
