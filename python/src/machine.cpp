// Machine descriptions.
#include "hw/arch/machine.h"

#include <pybind11/stl.h>

#include "hw/arch/machine_fields.h"
#include "hw/arch/preset_files.h"
#include "hw/arch/read_machine.h"
#include "python/src/bindings.h"
#include "sim/report/json_parts.h"
#include "sim/system/vocabulary.h"

namespace py = pybind11;

namespace systolith::python {
namespace {

py::object value_of(std::int64_t value) { return py::int_(value); }
py::object value_of(const std::string& value) { return py::str(value); }
py::object value_of(Bytes value) { return py::int_(value.count()); }
py::object value_of(Cycles value) { return py::int_(value.count()); }
py::object value_of(Hertz value) { return py::int_(value.count()); }
py::object value_of(Format value) { return py::str(std::string(to_string(value))); }
py::object value_of(Overflow value) {
  return py::str(std::string(kOverflowNames[static_cast<std::size_t>(value)]));
}
py::object value_of(Rounding value) {
  return py::str(std::string(kRoundingNames[static_cast<std::size_t>(value)]));
}
template <class Value>
py::object value_of(const std::optional<Value>& value) {
  return value ? value_of(*value) : py::none();
}
template <class Element>
py::object value_of(const std::vector<Element>& values) {
  py::list names;
  for (const Element& value : values) names.append(value_of(value));
  return names;
}

py::object value_of(const std::map<std::string, std::int64_t>& values) { return py::cast(values); }

bool is_of_a_list(const MachineField& field) {
  return std::string(field.path).find("[]") != std::string::npos;
}

// By key, of the list's last element.
py::dict last_element(const MachineList& list, Machine& machine) {
  const std::string prefix = std::string(list.path) + "[].";
  py::dict fields;
  for (const MachineField& field : machine_fields())
    if (const std::string path = field.path; path.compare(0, prefix.size(), prefix) == 0)
      fields[py::str(path.substr(prefix.size()))] =
          std::visit([&](auto place) { return value_of(place(machine)); }, field.place);
  return fields;
}

// By path, in base units: bytes, cycles, Hz.
py::dict values(Machine& machine) {
  py::dict result;
  for (const MachineField& field : machine_fields())
    if (!is_of_a_list(field))
      result[field.path] =
          std::visit([&](auto place) { return value_of(place(machine)); }, field.place);
  for (const MachineList& list : machine_lists()) {
    py::list elements;
    for (Machine rest = machine; list.size(rest) > 0; list.drop(rest))
      elements.insert(0, last_element(list, rest));
    result[list.path] = elements;
  }
  return result;
}

std::vector<std::string> paths() {
  std::vector<std::string> result;
  for (const MachineField& field : machine_fields()) result.emplace_back(field.path);
  for (const MachineList& list : machine_lists())
    if (list.in_short != nullptr) result.emplace_back(list.path);
  return result;
}

}  // namespace

void register_machine(py::module_& module) {
  py::class_<Machine>(module, "Machine")
      .def_property_readonly("name", [](const Machine& machine) { return machine.name; })
      .def_property_readonly("fingerprint", &program_fingerprint)
      .def_property_readonly(
          "peak_bytes_per_second",
          [](const Machine& machine) { return machine.dram.peak_bytes_per_second(); })
      .def("area", [](const Machine& machine) { return area_json(area_of(machine)).dump(); })
      .def("values", &values);
  module.def("read_machine", [](const std::string& source, const std::vector<std::string>& set) {
    return read_machine(source, set, vocabulary());
  });
  module.def("parse_machine", [](const std::string& text, const std::string& file,
                                 const std::vector<std::string>& set) {
    return parse_machine(text, file, set, vocabulary());
  });
  module.def("machine_text", [](const std::string& source) {
    return read_text_file(machine_path(source, vocabulary()), "machine file");
  });
  module.def("machine_paths", &paths);
  module.def("preset_names", [] { return preset_names(vocabulary()); });
  module.def("machine_schema", [] { return machine_json_schema(vocabulary()); });
}

}  // namespace systolith::python
