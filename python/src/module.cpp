// systolith._core: what the Python package builds on. Its API is the package's, not this one's.
#include "python/src/background_work.h"
#include "python/src/bindings.h"

PYBIND11_MODULE(_core, module) {
  using namespace systolith::python;
  module.attr("__version__") = SYSTOLITH_VERSION;
  register_errors(module);
  register_machine(module);
  register_graph(module);
  register_program(module);
  register_simulation(module);
  register_serving(module);
  register_formats(module);
  module.def("join_abandoned", &join_abandoned,
             pybind11::call_guard<pybind11::gil_scoped_release>());
}
