// What a run says: plain data derived from the machine, the program's layer table and the run.
// Everything here is simulated and deterministic; host times live in HostReport
// (sim/report/json.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hw/arch/machine.h"
#include "sim/report/area.h"
#include "sim/report/roofline.h"
#include "sim/system/simulate.h"
#include "traces/format/program.h"

namespace systolith {

struct ReportLayer {
  std::string name, op, format;
  Cycles start, end;  // first command taken up, last one finished
  Cycles cycles;      // exclusive; these sum to the run's total
  std::int64_t macs = 0;
  std::int64_t dram_bytes = 0;  // read and written
  double utilization = 0;       // of the PEs' products from its first work to its end, 0..1
  Cause bound_by = Cause::idle;
  std::string dataflow;  // of its products; several by comma, none: empty
  std::string phase;     // of a training step: forward, backward, update; else empty
};

// The layers of a training step's phase together.
struct PhaseReport {
  std::string name;
  Cycles cycles;  // exclusive; the phases' sum to the run's total
  std::int64_t macs = 0;
  std::int64_t dram_bytes = 0;
};

struct EnergyComponent {
  std::string name;  // a key of hw/arch/energy_keys.h, or of hw/arch/dram_energy.h
  std::int64_t events = 0;
  double picojoules = 0;
};

struct EnergyReport {
  std::string table;
  std::vector<EnergyComponent> components;  // in the order of kEnergyKeys, then DRAM's
  double total_picojoules = 0;
  double average_watts = 0;
};

// What every kind of report says of the machine and its work.
struct MachineReport : MachineWork {
  std::string machine;
  Hertz clock;
  double array_utilization = 0;   // 0..1, of all cores' PEs over the whole run
  double bandwidth_fraction = 0;  // DRAM bytes moved / what the pins could have moved
  EnergyReport energy;
};
MachineReport machine_report(const Machine& machine, const MachineWork& work);

struct Report : MachineReport {
  std::string workload;
  std::int64_t commands = 0;
  std::vector<ReportLayer> layers;
  std::vector<PhaseReport> phases;  // forward, backward, update; empty for inference
  PlannedMemory memory;
  AreaReport area;
  Roofline roofline;
};

// Prices the events: by the machine's table, DRAM's by its standard. Requires: the table prices
// every one that there is.
EnergyReport energy_of(const Machine& machine, const EventCounts& events, const DramEvents& dram,
                       double seconds);
// Of DRAM alone; its table is the standard.
EnergyReport energy_of(const DramStandardFacts& standard, const DramEvents& events, double seconds);
// Of the machine's PEs over `cycles`, 0..1.
double utilization(const Machine& machine, std::int64_t mac_slots, Cycles cycles);
// 0 where the whole is.
inline double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

// Requires: `result` is of a run of a program with `header` on `machine`.
Report make_report(const Machine& machine, const ProgramHeader& header, const RunResult& result);

}  // namespace systolith
