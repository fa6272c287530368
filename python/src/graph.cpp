// Networks, and tensors to and from NumPy.
#include "models/graph/graph.h"

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <memory>

#include "hw/base/registry.h"
#include "models/onnx/onnx.h"
#include "models/ops/evaluate.h"
#include "models/zoo/zoo.h"
#include "python/src/background_work.h"
#include "python/src/bindings.h"

namespace py = pybind11;

namespace systolith::python {
namespace {

template <class T>
std::vector<T> copied(const py::array& array) {
  const auto typed = py::array_t<T, py::array::c_style | py::array::forcecast>::ensure(array);
  if (!typed) throw py::error_already_set();
  return {typed.data(), typed.data() + typed.size()};
}

Tensor tensor_from(const std::string& name, const py::array& array) {
  Tensor tensor;
  for (py::ssize_t d = 0; d < array.ndim(); ++d) tensor.shape.push_back(array.shape(d));
  const char kind = array.dtype().kind();
  if (kind == 'f') {
    tensor.floats = copied<float>(array);
  } else if (kind == 'i' || kind == 'u') {
    tensor.type = DataType::int64;
    tensor.integers = copied<std::int64_t>(array);
  } else {
    throw py::type_error(fmt::format("array '{}' is of type {} (allowed: floats, integers)", name,
                                     std::string(py::str(array.dtype()))));
  }
  return tensor;
}

template <class T>
py::array array_of(const Shape& shape, const std::vector<T>& values) {
  py::array_t<T> array(std::vector<py::ssize_t>(shape.begin(), shape.end()));
  std::copy(values.begin(), values.end(), array.mutable_data());
  return std::move(array);
}

using Values = std::vector<std::tuple<std::string, Shape, std::string>>;

Values described(const Graph& graph, const std::vector<std::string>& names) {
  Values values;
  for (const std::string& name : names) {
    const Value& value = graph.values.at(name);
    values.emplace_back(name, value.shape, std::string(to_string(value.type)));
  }
  return values;
}

Values inputs(const Graph& graph) {
  std::vector<std::string> names;
  for (const Value& input : graph.inputs) names.push_back(input.name);
  return described(graph, names);
}

std::shared_ptr<Graph> with_constants(const Graph& graph, const py::dict& arrays) {
  auto changed = std::make_shared<Graph>(graph);
  for (auto& [name, tensor] : tensors_from(arrays)) {
    const auto found = changed->constants.find(name);
    if (found == changed->constants.end())
      user_error("graph '{}' has no constant '{}'", graph.name, name);
    if (found->second.shape != tensor.shape || found->second.type != tensor.type)
      user_error("constant '{}' is {} {}, not {} {}", name, to_string(found->second.type),
                 to_string(found->second.shape), to_string(tensor.type), to_string(tensor.shape));
    found->second = tensor;
  }
  return changed;
}

py::dict constants(const Graph& graph) {
  return arrays_from({graph.constants.begin(), graph.constants.end()});
}

// Unknown names are left to evaluate().
TensorMap inputs_from(const Graph& graph, const py::dict& arrays) {
  TensorMap given = tensors_from(arrays);
  for (const Value& input : graph.inputs) {
    const auto found = given.find(input.name);
    if (found == given.end()) user_error("inputs: no array '{}'", input.name);
    if (found->second.shape != input.shape)
      user_error("inputs: '{}' has shape {}, the graph takes {}", input.name,
                 to_string(found->second.shape), to_string(input.shape));
    found->second = as_type(input.name, std::move(found->second), input.type);
  }
  return given;
}

py::dict evaluated(const std::shared_ptr<Graph>& graph, const py::dict& arrays) {
  const TensorMap inputs = inputs_from(*graph, arrays);
  auto results = std::make_shared<TensorMap>();
  {
    const py::gil_scoped_release release;
    run_in_background([graph, inputs, results](const Abandoned& abandoned) {
      *results = evaluate_observed(*graph, inputs, [&](const std::string&, const Tensor&) {
        if (abandoned) throw Stopped();
      });
    });
  }
  return arrays_from(*results);
}

std::shared_ptr<Graph> loaded(const std::string& workload, std::int64_t batch) {
  auto graph = std::make_shared<Graph>();
  const py::gil_scoped_release release;
  run_in_background([=](const Abandoned&) { *graph = load_workload(workload, batch); });
  return graph;
}

}  // namespace

TensorMap tensors_from(const py::dict& arrays) {
  TensorMap tensors;
  for (const auto& [key, value] : arrays) {
    if (!py::isinstance<py::str>(key)) throw py::type_error("arrays are named by strings");
    const auto name = key.cast<std::string>();
    const py::array array = py::array::ensure(value);
    if (!array) throw py::type_error(fmt::format("'{}' is not an array", name));
    tensors[name] = tensor_from(name, array);
  }
  return tensors;
}

py::dict arrays_from(const TensorMap& tensors) {
  py::dict arrays;
  for (const auto& [name, tensor] : tensors)
    arrays[py::str(name)] = tensor.type == DataType::float32
                                ? array_of(tensor.shape, tensor.floats)
                                : array_of(tensor.shape, tensor.integers);
  return arrays;
}

void register_graph(py::module_& module) {
  py::class_<Graph, std::shared_ptr<Graph>>(module, "Graph")
      .def_property_readonly("name", [](const Graph& graph) { return graph.name; })
      .def_property_readonly("opset", [](const Graph& graph) { return graph.opset; })
      .def_property_readonly("nodes", [](const Graph& graph) { return graph.nodes.size(); })
      .def_property_readonly("inputs", &inputs)
      .def_property_readonly("outputs",
                             [](const Graph& graph) { return described(graph, graph.outputs); })
      .def_property_readonly("constants", &constants)
      .def("with_constants", &with_constants)
      .def("save", &write_onnx, py::call_guard<py::gil_scoped_release>())
      .def("evaluate", &evaluated);
  module.def("load_workload", &loaded);
  module.def("zoo_names", [] { return registered_names<ZooModel>(); });
}

}  // namespace systolith::python
