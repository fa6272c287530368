// The door for somebody else's memory model: a shared library that implements this takes the place
// of our DRAM (`dram.plugin` in the machine). The memory is a TLM-2.0 target of the base protocol
// (IEEE 1666-2011), loosely or approximately timed: requests come by nb_transport_fw, with delays,
// and may be answered in any number of phases; contents are loaded and read by transport_dbg.
//
//   extern "C" systolith::MemoryPlugin* systolith_create_memory(
//       const systolith::MemoryPluginSpec* spec) { return new MyMemory(*spec); }
//
// Compiled against the same SystemC library. One object is created for each channel while the
// machine is elaborated, and destroyed with it; an exception says why there can be none.
#pragma once

#include <cstdint>
#include <systemc>
#include <tlm>

namespace systolith {

struct MemoryPluginSpec {
  const char* name;           // of the channel, for modules
  std::uint64_t capacity;     // bytes; addresses are below
  std::int64_t channel;       // its number
  double bytes_per_second;    // peak of what `dram.standard` says, which it stands in for
  const char* configuration;  // `dram.plugin_config`: the plug-in's own affair
};

class MemoryPlugin {
 public:
  virtual ~MemoryPlugin() = default;
  virtual tlm::tlm_target_socket<>& socket() = 0;
};

using CreateMemory = MemoryPlugin* (*)(const MemoryPluginSpec*);
inline constexpr const char* kCreateMemory = "systolith_create_memory";

}  // namespace systolith
