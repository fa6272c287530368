// A run small enough to check by hand: a 4x4 array at 1 GHz, one channel of DRAM that moves 8 bytes
// a nanosecond, two layers in 100 cycles.
#pragma once

#include "sim/report/report.h"

namespace systolith::report_test {

inline Machine small_machine() {
  Machine machine;
  machine.name = "small";
  machine.core.array.rows = 4;
  machine.core.array.cols = 4;
  machine.dram.channels = 1;
  machine.dram.facts.clock = Hertz(1'000'000'000);
  machine.dram.facts.extents.column_width = Bytes(64);
  machine.dram.facts.burst_cycles = Cycles(8);
  machine.energy.name = "unit_prices";
  machine.energy.picojoules = {{"mac_int8", 0.5}, {"level_access", 100.0}};
  machine.energy.square_micrometers = {
      {"mac_int8", 900},  {"mac_fp8", 3000},      {"mac_fp16", 4000},   {"mac_bf16", 4500},
      {"mac_fp32", 9000}, {"vector_lane", 10000}, {"register_bit", 10}, {"sram_bit", 1}};
  machine.dram.facts.picojoules = {100, 20, 30, 1000, 50, 2, 1};
  return machine;
}

inline ProgramHeader two_layers() {
  ProgramHeader header;
  header.workload = "pair";
  header.layers = {{"first", "Conv+Relu", "int8", 640, 0, 0, ""},
                   {"second", "Gemm", "int8", 160, 0, 0, ""}};
  return header;
}

inline RunResult hundred_cycles() {
  RunResult result;
  result.total_cycles = Cycles(100);
  result.seconds = 100e-9;
  result.macs = result.mac_slots = 800;
  result.commands = 7;
  result.layers.resize(2);
  result.layers[0].end = Cycles(60);
  result.layers[0].cycles = Cycles(60);
  result.layers[0].macs = result.layers[0].mac_slots = 640;
  result.layers[0].dram_bytes = 300;
  result.layers[0].bound_by = Cause::dram;
  result.layers[1].start = Cycles(50);
  result.layers[1].work_start = Cycles(60);
  result.layers[1].end = Cycles(100);
  result.layers[1].cycles = Cycles(40);
  result.layers[1].macs = result.layers[1].mac_slots = 160;
  result.layers[1].dram_bytes = 100;
  result.layers[1].bound_by = Cause::busy;
  EngineReport array{"core0.array", {}};
  array.activity.enter(Cause::dram, Cycles(10));
  array.activity.enter(Cause::busy, Cycles(35));
  array.activity.close(Cycles(100));
  result.engines = {array};
  result.dram.bytes_read = 350;
  result.dram.bytes_written = 50;
  result.dram.requests = 9;
  result.events = {{"mac_int8", 800}, {"level_access", 50}};
  result.dram.events = {3, 5, 1, 1, 2, 60, 40};
  return result;
}

inline Report small_report() {
  return make_report(small_machine(), two_layers(), hundred_cycles());
}

}  // namespace systolith::report_test
