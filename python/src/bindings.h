// The parts of the module systolith._core, one file each.
#pragma once

#include <pybind11/pybind11.h>

#include <map>
#include <mutex>
#include <string>

#include "models/graph/graph.h"

namespace systolith::python {

void register_errors(pybind11::module_& module);
void register_machine(pybind11::module_& module);
void register_graph(pybind11::module_& module);
void register_program(pybind11::module_& module);
void register_simulation(pybind11::module_& module);
void register_serving(pybind11::module_& module);
void register_formats(pybind11::module_& module);

// Arrays by name. Floats of any width become float32, integers int64; TypeError on other types.
TensorMap tensors_from(const pybind11::dict& arrays);
pybind11::dict arrays_from(const TensorMap& tensors);

// Raises KeyboardInterrupt where Ctrl-C was pressed. Requires: the GIL is not held.
void check_signals();

}  // namespace systolith::python
