// UserError and InternalError as Python exceptions.
#include "hw/base/error.h"

#include "python/src/bindings.h"

namespace py = pybind11;

namespace systolith::python {
namespace {

PyObject* g_user_error = nullptr;
PyObject* g_internal_error = nullptr;

void raise_user_error(const UserError& error) {
  const py::object type = py::reinterpret_borrow<py::object>(g_user_error);
  py::object raised = type(error.what());
  raised.attr("file") = error.where().file;
  raised.attr("line") = error.where().line;
  raised.attr("column") = error.where().column;
  PyErr_SetObject(g_user_error, raised.ptr());
}

void translate(std::exception_ptr failure) {
  try {
    if (failure) std::rethrow_exception(failure);
  } catch (const UserError& error) {
    raise_user_error(error);
  } catch (const InternalError& error) {
    PyErr_SetString(g_internal_error, error.what());
  }
}

}  // namespace

void register_errors(py::module_& module) {
  g_user_error = PyErr_NewExceptionWithDoc(
      "systolith.UserError",
      "What the user gave is wrong; the message says what, where and what is allowed. `file`, "
      "`line` and `column` (0: unknown) are the place in a description.",
      PyExc_ValueError, nullptr);
  g_internal_error =
      PyErr_NewExceptionWithDoc("systolith.InternalError", "A bug of Systolith, with its place.",
                                PyExc_RuntimeError, nullptr);
  module.attr("UserError") = py::handle(g_user_error);
  module.attr("InternalError") = py::handle(g_internal_error);
  py::register_exception_translator(&translate);
}

void check_signals() {
  const py::gil_scoped_acquire gil;
  if (PyErr_CheckSignals() != 0) throw py::error_already_set();
}

}  // namespace systolith::python
