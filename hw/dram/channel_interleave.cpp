#include "hw/dram/channel_interleave.h"

#include <algorithm>
#include <sstream>
#include <vector>

#include "hw/dram/dram_standard.h"

namespace systolith {
namespace {

constexpr const char* kDefaultMapping = "row:bank:column:bankgroup:channel";
const std::vector<std::string> kFields = {"row", "bank", "column", "bankgroup", "channel"};

std::vector<std::string> fields_of(const std::string& mapping) {
  std::vector<std::string> fields;
  std::istringstream text(mapping.empty() ? kDefaultMapping : mapping);
  for (std::string field; std::getline(text, field, ':');) fields.push_back(field);
  std::vector<std::string> sorted = fields, known = kFields;
  std::sort(sorted.begin(), sorted.end());
  std::sort(known.begin(), known.end());
  if (sorted != known)
    user_error("dram.mapping '{}' must hold each of {} once, separated by ':'", mapping,
               fmt::join(kFields, ", "));
  return fields;
}

// Values that a field below `channel` takes, counted in requests.
std::int64_t extent(const std::string& field, const DramGeometry& geometry, Bytes request) {
  if (field == "row") return geometry.rows;
  if (field == "bank") return geometry.banks_per_group;
  if (field == "bankgroup") return geometry.bank_groups;
  return std::max<std::int64_t>(geometry.columns * geometry.bus_bits / 8 / request.count(), 1);
}

}  // namespace

ChannelInterleave::ChannelInterleave(const DramConfig& dram, Bytes request)
    : channels_(static_cast<std::uint64_t>(dram.channels)), granule_(0) {
  const Bytes unit = std::max(request, dram.facts.burst);
  const DramGeometry geometry = registration<DramStandard>(dram.standard).create().geometry;
  std::int64_t granule = unit.count();
  const std::vector<std::string> fields = fields_of(dram.mapping);
  for (auto field = fields.rbegin(); field != fields.rend() && *field != "channel"; ++field)
    granule *= extent(*field, geometry, unit);
  granule_ = static_cast<std::uint64_t>(granule);
}

}  // namespace systolith
