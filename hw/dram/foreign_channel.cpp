#include "hw/dram/foreign_channel.h"

#include <dlfcn.h>

#include "hw/base/error.h"

namespace systolith {
namespace {

// The library stays loaded: what it has created may live until the end of the process.
CreateMemory load(const std::string& library) {
  void* handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* reason = ::dlerror();
    user_error("dram.plugin: '{}' cannot be loaded: {}", library,
               reason != nullptr ? reason : "no reason given");
  }
  void* symbol = ::dlsym(handle, kCreateMemory);
  if (symbol == nullptr)
    user_error("dram.plugin: '{}' is no memory plug-in: it has no function {}", library,
               kCreateMemory);
  return reinterpret_cast<CreateMemory>(symbol);
}

std::unique_ptr<MemoryPlugin> create(const DramConfig& config, const std::string& name,
                                     std::int64_t channel) {
  const MemoryPluginSpec spec{
      name.c_str(), static_cast<std::uint64_t>(config.channel_capacity().count()), channel,
      config.peak_bytes_per_second() / static_cast<double>(config.channels),
      config.plugin_config.c_str()};
  const CreateMemory create_memory = load(config.plugin);
  try {
    std::unique_ptr<MemoryPlugin> memory(create_memory(&spec));
    if (memory == nullptr) user_error("dram.plugin: '{}' gave no memory", config.plugin);
    return memory;
  } catch (const UserError&) {
    throw;
  } catch (const std::exception& error) {
    user_error("dram.plugin: '{}' refuses: {}", config.plugin, error.what());
  }
}

}  // namespace

ForeignChannel::ForeignChannel(const sc_core::sc_module_name& name, const DramConfig& config,
                               std::int64_t channel)
    : MemoryChannel(name), memory_(create(config, std::string(basename()) + "_memory", channel)) {
  socket.register_nb_transport_fw(this, &ForeignChannel::nb_transport_fw);
  socket.register_transport_dbg(this, &ForeignChannel::transport_dbg);
  plugin_socket.register_nb_transport_bw(this, &ForeignChannel::nb_transport_bw);
  plugin_socket.bind(memory_->socket());
}

tlm::tlm_sync_enum ForeignChannel::nb_transport_fw(tlm::tlm_generic_payload& request,
                                                   tlm::tlm_phase& phase, sc_core::sc_time& delay) {
  if (phase == tlm::BEGIN_REQ) {
    const std::int64_t bytes = request.get_data_length();
    (request.is_write() ? traffic_.bytes_written : traffic_.bytes_read) += bytes;
    ++traffic_.requests;
  }
  return plugin_socket->nb_transport_fw(request, phase, delay);
}

tlm::tlm_sync_enum ForeignChannel::nb_transport_bw(tlm::tlm_generic_payload& request,
                                                   tlm::tlm_phase& phase, sc_core::sc_time& delay) {
  return socket->nb_transport_bw(request, phase, delay);
}

unsigned ForeignChannel::transport_dbg(tlm::tlm_generic_payload& request) {
  return plugin_socket->transport_dbg(request);
}

}  // namespace systolith
