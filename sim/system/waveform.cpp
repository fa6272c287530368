#include "sim/system/waveform.h"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "hw/base/error.h"

namespace systolith {
namespace {

// The library adds ".vcd" to the name and reports nothing but a missing file.
constexpr const char* kSuffix = ".vcd";

const unsigned char& as_byte(const Cause& cause) {
  static_assert(sizeof(Cause) == 1);
  return reinterpret_cast<const unsigned char&>(cause);
}

}  // namespace

Waveform::Waveform(const std::string& path, Top& top)
    : path_(path), temporary_(path + ".part"), file_(nullptr) {
  if (!std::ofstream(temporary_ + kSuffix)) user_error("cannot write the waveform to '{}'", path);
  file_ = sc_core::sc_create_vcd_trace_file(temporary_.c_str());
  file_->set_time_unit(1, sc_core::SC_PS);
  for (const auto& core : top.cores) {
    const std::string processor = core->command_processor.name();
    sc_core::sc_trace(file_, as_byte(core->command_processor.activity().state()),
                      processor + ".state");
    for (EngineModule* engine : core->engines()) trace(*engine);
    for (Dma* dma : {&core->load_dma, &core->store_dma})
      sc_core::sc_trace(file_, dma->bytes_in_flight(),
                        std::string(dma->name()) + ".bytes_in_flight");
  }
}

void Waveform::trace(EngineModule& engine) {
  const std::string name = engine.name();
  sc_core::sc_trace(file_, as_byte(engine.activity().state()), name + ".state");
  sc_core::sc_trace(file_, engine.queued(), name + ".queued");
}

void Waveform::finish() {
  sc_core::sc_close_vcd_trace_file(file_);
  file_ = nullptr;
  std::error_code error;
  std::filesystem::rename(temporary_ + kSuffix, path_, error);
  if (error) user_error("cannot write the waveform to '{}': {}", path_, error.message());
}

Waveform::~Waveform() {
  if (file_ != nullptr) sc_core::sc_close_vcd_trace_file(file_);
  std::error_code ignored;
  std::filesystem::remove(temporary_ + kSuffix, ignored);
}

}  // namespace systolith
