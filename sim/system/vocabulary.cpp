#include "sim/system/vocabulary.h"

#include <cstdlib>
#include <filesystem>

#include "hw/dataflow/dataflow.h"
#include "hw/dram/page_policy.h"
#include "hw/dram/refresh_policy.h"
#include "hw/dram/scheduler.h"
#include "hw/memory/memory_level.h"
#include "hw/memory/replacement.h"
#include "hw/noc/interconnect.h"

namespace systolith {
namespace {

// Of an installed program, wherever its prefix was moved to: PREFIX/share beside PREFIX/bin.
std::string presets_beside_the_program() {
  std::error_code unknown;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", unknown);
  return program.parent_path().parent_path() / "share/systolith/presets";
}

Vocabulary collect() {
  Vocabulary words;
  words.dataflows = registered_names<Dataflow>();
  words.interconnects = registered_names<Interconnect>();
  words.memory_kinds = registered_names<MemoryLevel>();
  words.replacements = registered_names<Replacement>();
  words.schedulers = registered_names<Scheduler>();
  words.page_policies = registered_names<PagePolicy>();
  words.refresh_policies = registered_names<RefreshPolicy>();
  for (const auto* standard : registrations<DramStandard>())
    words.dram_standards.push_back(standard->create().facts(standard->name));
  if (const char* directory = std::getenv("SYSTOLITH_PRESETS"))
    words.preset_directories.emplace_back(directory);
  words.preset_directories.push_back(presets_beside_the_program());
  for (const char* directory : {SYSTOLITH_SOURCE_PRESETS, SYSTOLITH_INSTALLED_PRESETS})
    if (*directory != '\0') words.preset_directories.emplace_back(directory);
  return words;
}

}  // namespace

const Vocabulary& vocabulary() {
  static const Vocabulary words = collect();
  return words;
}

}  // namespace systolith
