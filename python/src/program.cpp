// Compiling, and program files.
#include "python/src/program.h"

#include <pybind11/stl.h>

#include "compiler/kernels/interpret.h"
#include "compiler/optimizer/optimizer.h"
#include "compiler/remat/remat_policy.h"
#include "hw/base/registry.h"
#include "python/src/background_work.h"
#include "python/src/bindings.h"
#include "sim/system/tensor_values.h"
#include "traces/format/files.h"

namespace py = pybind11;

namespace systolith::python {
namespace {

struct Options {
  std::string format, weights;  // weights: empty: as `format`
  bool values = false;
  bool training = false;
  std::string optimizer, remat;
  std::map<std::string, float> settings;
  std::vector<std::string> trainable;
  std::int64_t dram_budget = 0;  // bytes; 0: all there is
  py::object calibration;        // None, or a dict of samples by input name
  std::uint64_t calibration_seed = 1;
  std::optional<std::string> sparsity;
  bool quantize_outputs = false, float_inputs = false;
  std::optional<std::string> mapping;  // a file
};

void set_optimizer(const Options& options, OptimizerSettings& settings) {
  const std::map<std::string, float OptimizerSettings::*> fields = {
      {"learning_rate", &OptimizerSettings::learning_rate},
      {"weight_decay", &OptimizerSettings::weight_decay},
      {"momentum", &OptimizerSettings::momentum},
      {"first_moment", &OptimizerSettings::first_moment},
      {"second_moment", &OptimizerSettings::second_moment},
      {"epsilon", &OptimizerSettings::epsilon}};
  for (const auto& [name, value] : options.settings) {
    const auto field = fields.find(name);
    if (field == fields.end()) {
      std::vector<std::string> names;
      for (const auto& known : fields) names.push_back(known.first);
      throw UserError(unknown_name_message("optimizer setting", name, names));
    }
    settings.*field->second = value;
  }
}

CompileOptions compile_options(const Options& options) {
  CompileOptions result;
  result.format = format_from_name(options.format);
  if (!options.weights.empty()) result.weights = format_from_name(options.weights);
  result.with_values = options.values;
  result.calibration_seed = options.calibration_seed;
  if (options.sparsity) result.sparsity = sparsity_from_name(*options.sparsity);
  result.quantize_outputs = options.quantize_outputs;
  result.float_inputs = options.float_inputs;
  if (options.mapping) result.mapping = read_mapping(*options.mapping);
  if (options.dram_budget != 0) result.dram_budget = Bytes(options.dram_budget);
  if (!options.training) return result;
  TrainingOptions& training = result.training.emplace();
  training.optimizer = options.optimizer;
  training.remat = options.remat;
  training.trainable = options.trainable;
  set_optimizer(options, training.settings);
  return result;
}

std::shared_ptr<CompiledProgram> compiled(const std::shared_ptr<Graph>& graph,
                                          const Machine& machine, const Options& options) {
  CompileOptions with = compile_options(options);
  if (!options.calibration.is_none()) with.calibration = tensors_from(options.calibration);
  auto result = std::make_shared<CompiledProgram>();
  const py::gil_scoped_release release;
  run_in_background([result, graph, machine, with](const Abandoned& abandoned) mutable {
    with.poll = [&] {
      if (abandoned) throw Stopped();
    };
    Compiled made = compile(*graph, machine, with);
    result->program = std::move(made.program);
    result->kernels = std::move(made.kernels);
    result->has_values = with.with_values;
  });
  return result;
}

std::shared_ptr<CompiledProgram> read(const std::string& path) {
  auto result = std::make_shared<CompiledProgram>();
  result->program = read_program(path);
  result->has_values = !result->program.header.data.empty();
  return result;
}

void save(const CompiledProgram& program, const std::string& path) {
  const bool text = path.size() >= 4 && path.compare(path.size() - 4, 4, ".txt") == 0;
  if (text)
    write_text_file(program.program, path);
  else
    write_binary_file(program.program, path);
}

py::dict reference(const std::shared_ptr<CompiledProgram>& program, const py::dict& arrays) {
  if (!program->kernels) user_error("a program from a file has no reference interpreter");
  const ProgramHeader& header = program->program.header;
  const TensorBytes codes = input_codes(header, tensors_from(arrays), "inputs");
  auto values = std::make_shared<TensorMap>();
  {
    const py::gil_scoped_release release;
    run_in_background([program, codes, values](const Abandoned& abandoned) {
      const CodeMap results = interpret(*program->kernels, codes, [&] {
        if (abandoned) throw Stopped();
      });
      *values = output_values(program->program.header, results);
    });
  }
  return arrays_from(*values);
}

py::list tensors(const CompiledProgram& program) {
  constexpr const char* kRoles[] = {"input", "output", "constant", "state"};
  py::list result;
  for (const ProgramTensor& tensor : program.program.header.tensors) {
    py::dict row;
    row["name"] = tensor.name;
    row["role"] = kRoles[static_cast<std::size_t>(tensor.role)];
    row["shape"] = py::tuple(py::cast(tensor.logical_shape));
    row["format"] = std::string(to_string(tensor.format));
    row["scale"] = tensor.scale;
    row["zero_point"] = tensor.zero_point;
    row["address"] = tensor.address;
    row["bytes"] = tensor.bytes;
    result.append(row);
  }
  return result;
}

py::list layers(const CompiledProgram& program) {
  py::list result;
  for (const ProgramLayer& layer : program.program.header.layers) {
    py::dict row;
    row["name"] = layer.name;
    row["op"] = layer.op;
    row["format"] = layer.format;
    row["macs"] = layer.macs;
    row["weight_bytes"] = layer.weight_bytes;
    row["dram_bytes"] = layer.dram_bytes_stated;
    row["phase"] = layer.phase;
    result.append(row);
  }
  return result;
}

}  // namespace

void register_program(py::module_& module) {
  py::class_<Options>(module, "Options")
      .def(py::init<>())
      .def_readwrite("format", &Options::format)
      .def_readwrite("weights", &Options::weights)
      .def_readwrite("values", &Options::values)
      .def_readwrite("training", &Options::training)
      .def_readwrite("optimizer", &Options::optimizer)
      .def_readwrite("remat", &Options::remat)
      .def_readwrite("settings", &Options::settings)
      .def_readwrite("trainable", &Options::trainable)
      .def_readwrite("dram_budget", &Options::dram_budget)
      .def_readwrite("calibration", &Options::calibration)
      .def_readwrite("calibration_seed", &Options::calibration_seed)
      .def_readwrite("quantize_outputs", &Options::quantize_outputs)
      .def_readwrite("float_inputs", &Options::float_inputs)
      .def_readwrite("mapping", &Options::mapping)
      .def_readwrite("sparsity", &Options::sparsity);
  py::class_<CompiledProgram, std::shared_ptr<CompiledProgram>>(module, "Program")
      .def_property_readonly("workload",
                             [](const CompiledProgram& p) { return p.program.header.workload; })
      .def_property_readonly("machine",
                             [](const CompiledProgram& p) { return p.program.header.machine; })
      .def_property_readonly(
          "dram_bytes", [](const CompiledProgram& p) { return p.program.header.memory.dram_bytes; })
      .def_property_readonly(
          "peak_bytes", [](const CompiledProgram& p) { return p.program.header.memory.live_bytes; })
      .def_property_readonly(
          "commands", [](const CompiledProgram& p) { return ProgramSource(p.program).commands(); })
      .def_property_readonly("has_values", [](const CompiledProgram& p) { return p.has_values; })
      .def_property_readonly("tensors", &tensors)
      .def_property_readonly("layers", &layers)
      .def("save", &save, py::call_guard<py::gil_scoped_release>())
      .def("reference", &reference);
  module.def("compile", &compiled);
  module.def("read_program", &read, py::call_guard<py::gil_scoped_release>());
  module.def("optimizer_names", [] { return registered_names<Optimizer>(); });
  module.def("remat_names", [] { return registered_names<RematPolicy>(); });
}

}  // namespace systolith::python
