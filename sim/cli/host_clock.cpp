#include "sim/cli/host_clock.h"

#include <sys/resource.h>

namespace systolith::cli {
namespace {

rusage usage() {
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  return use;
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

}  // namespace

double cpu_seconds() {
  const rusage use = usage();
  return seconds(use.ru_utime) + seconds(use.ru_stime);
}

HostReport HostClock::report() const {
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin_;
  HostReport host;
  host.wall_seconds = elapsed.count();
  host.cpu_seconds = cpu_seconds();
  host.compile_seconds = compiled_at_;
  host.simulate_cpu_seconds = host.cpu_seconds - compiled_at_;
  host.peak_rss_bytes = std::int64_t{usage().ru_maxrss} * 1024;  // Linux counts kibibytes
  return host;
}

}  // namespace systolith::cli
