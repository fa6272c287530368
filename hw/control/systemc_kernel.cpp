#include "hw/control/systemc_kernel.h"

// The library's own main() wants this symbol; nobody calls it. It shares this file so that whoever
// uses a SystemcKernel links it.
extern "C" __attribute__((visibility("default"))) int sc_main(int, char**) { return 0; }

namespace systolith {
namespace {

std::mutex& run_mutex() {
  static std::mutex mutex;
  return mutex;
}

}  // namespace

SystemcKernel::SystemcKernel() : lock_(run_mutex()) {
  // The initial context must exist and is never deleted.
  current_before_ = sc_core::sc_get_curr_simcontext();
  default_before_ = sc_core::sc_default_global_context;
  sc_core::sc_curr_simcontext = sc_core::sc_default_global_context = new sc_core::sc_simcontext;
  sc_core::sc_set_time_resolution(1, sc_core::SC_FS);
  sc_core::sc_report_handler::set_actions(sc_core::SC_ERROR, sc_core::SC_THROW);
  sc_core::sc_report_handler::set_actions(sc_core::SC_FATAL, sc_core::SC_THROW);
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  // A slice of time in which nothing happens is no news.
  sc_core::sc_report_handler::set_actions(sc_core::SC_ID_NO_SC_START_ACTIVITY_,
                                          sc_core::SC_DO_NOTHING);
}

SystemcKernel::~SystemcKernel() {
  delete sc_core::sc_curr_simcontext;
  sc_core::sc_curr_simcontext = current_before_;
  sc_core::sc_default_global_context = default_before_;
}

}  // namespace systolith
