#include "compiler/codegen/hazards.h"

#include <algorithm>

namespace systolith {
namespace {

// Adds `by`, dropping what it makes redundant: an earlier command of an engine that completes in
// order.
void add(std::vector<Toucher>& list, const Toucher& by) {
  for (Toucher& other : list) {
    const bool same_engine = other.command.core == by.command.core && other.engine == by.engine;
    if (other.command == by.command) return;
    if (same_engine && completes_in_order(by.engine)) {
      other.command.index = std::max(other.command.index, by.command.index);
      return;
    }
  }
  list.push_back(by);
}

}  // namespace

bool completes_in_order(Engine engine) { return engine != Engine::load && engine != Engine::store; }

void HazardMap::split_at(std::uint64_t address) {
  auto next = segments_.upper_bound(address);
  if (next == segments_.begin()) return;
  const auto at = std::prev(next);
  if (at->first == address || at->second.end <= address) return;
  Segment tail = at->second;
  at->second.end = address;
  segments_.emplace_hint(next, address, std::move(tail));
}

HazardMap::Segments::iterator HazardMap::cover(AddressRange range) {
  split_at(range.begin);
  split_at(range.end);
  std::uint64_t at = range.begin;
  for (auto it = segments_.lower_bound(range.begin); at < range.end;) {
    if (it == segments_.end() || it->first > at) {
      const std::uint64_t gap_end =
          it == segments_.end() ? range.end : std::min(range.end, it->first);
      it = segments_.emplace_hint(it, at, Segment{gap_end, {}, {}});
    }
    at = it->second.end;
    ++it;
  }
  return segments_.find(range.begin);
}

void HazardMap::read(AddressRange range, const Toucher& by, std::vector<Toucher>& after) {
  if (range.begin == range.end) return;
  for (auto it = cover(range); it != segments_.end() && it->first < range.end; ++it) {
    for (const Toucher& writer : it->second.writers) add(after, writer);
    add(it->second.readers, by);
  }
}

void HazardMap::write(AddressRange range, bool dense, const Toucher& by,
                      std::vector<Toucher>& after) {
  if (range.begin == range.end) return;
  const auto first = cover(range);
  for (auto it = first; it != segments_.end() && it->first < range.end; ++it) {
    for (const Toucher& writer : it->second.writers) add(after, writer);
    for (const Toucher& reader : it->second.readers) add(after, reader);
    if (!dense) {
      add(it->second.writers, by);
      it->second.readers.clear();
    }
  }
  if (dense) replace(range, {by});
}

void HazardMap::replace(AddressRange range, const std::vector<Toucher>& by) {
  const auto first = cover(range);
  const auto last = segments_.lower_bound(range.end);
  segments_.erase(first, last);
  segments_[range.begin] = {range.end, by, {}};
}

}  // namespace systolith
