// Graph to program.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "compiler/kernels/kernel_graph.h"
#include "compiler/tiling/mapping.h"
#include "compiler/training/training_graph.h"
#include "hw/arch/machine.h"
#include "models/graph/graph.h"
#include "traces/format/program.h"

namespace systolith {

struct CompileOptions {
  // int8, int16, int4: post-training quantisation, or the model's own (int8); bf16, fp16, fp32,
  // fp8_e4m3, fp8_e5m2.
  Format format = Format::int8;
  // int4 beside int8, int8 beside int16, a float (cast, not scaled) beside a float; else as
  // `format`.
  std::optional<Format> weights;
  std::optional<Sparsity> sparsity;  // weights are pruned to; none: as they are
  // What the quantisation's ranges are taken from: samples by input name
  // (compiler/quantize/samples.h).
  std::optional<TensorMap> calibration;  // none: generated
  std::uint64_t calibration_seed = 1;    // of the generated ones
  int calibration_batches = 0;           // as LowerOptions has it
  bool quantize_outputs = false;         // outputs in the array's format, not in fp32
  bool float_inputs = false;             // inputs in fp32, quantised by the vector unit
  bool with_values = false;              // put the weights' data into the program
  // One step of training instead of inference; the format is then bf16 or fp32.
  std::optional<TrainingOptions> training;
  Mapping mapping;                   // of the layers that it names; nothing is fused behind any
  std::optional<Bytes> dram_budget;  // what the program may take of DRAM; none: all there is
  // Called between the pieces of the work; what it throws ends the compiling.
  std::function<void()> poll = [] {};
  std::string dump_pass;  // pass whose result goes to `dump`; empty: none
  std::function<void(const std::string& text)> dump;
};

struct Compiled {
  Program program;
  KernelGraph kernels;  // after tiling: interpret() gives the expected results
  // Of training: as TrainingGraph.
  std::string labels, loss;
  std::map<std::string, std::string> gradients;
};

// Graph passes (graph IR), in order: fold_constants, adopt_quantization,
// canonicalize, fold_batch_norm (training: the
// training graph is made first and keeps its batch norms). To kernels:
// lower (quantise + fuse). Then tile (cut into tiles, allocate, generate).
// Requires: sorted, shapes inferred. Move a graph that isn't needed any more: its weights are taken
// over. Throws UserError: a layer that no tile of fits the scratchpad or accumulator (which layer,
// what it needs, what there is), a machine of sub-arrays that are not alike, more DRAM than there
// is (and the least that would do), a format the machine's array lacks, an op without gradient or
// kernel, an unknown pass name.
Compiled compile(Graph graph, const Machine& target, const CompileOptions& options);

// Names that dump_pass may take, in order of execution.
const std::vector<std::string>& compiler_passes();

}  // namespace systolith
