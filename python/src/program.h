// A compiled workload, as Python holds it.
#pragma once

#include <memory>
#include <optional>

#include "compiler/compile.h"

namespace systolith::python {

// From compile() with its kernels, or read from a file without.
struct CompiledProgram {
  Program program;
  std::optional<KernelGraph> kernels;
  bool has_values = false;
};

}  // namespace systolith::python
