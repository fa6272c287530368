#include "compiler/codegen/hazards.h"

#include <algorithm>
#include <tuple>

namespace systolith {
namespace {

// So many commands of one engine are kept apart per list and segment; beyond, the newest waits for
// the oldest and stands for it. Far more than a DMA engine has under way at a time.
constexpr std::ptrdiff_t kApart = 16;

bool same_engine(const Toucher& a, const Toucher& b) {
  return a.command.core == b.command.core && a.engine == b.engine;
}

// Bytes from one stripe's begin on to the next begin of the other's.
std::uint64_t distance(const Stripe& from, const Stripe& to) {
  return to.phase >= from.phase ? to.phase - from.phase : to.phase + from.period - from.phase;
}

}  // namespace

bool Stripe::shares(const Stripe& other) const {
  if (period == 0 || period != other.period) return true;
  return distance(*this, other) < run || distance(other, *this) < other.run;
}

bool Stripe::includes(const Stripe& other) const {
  if (period == 0) return true;
  return period == other.period && distance(*this, other) + other.run <= run;
}

bool completes_in_order(Engine engine) { return engine != Engine::load && engine != Engine::store; }

void Waits::add(const Toucher& toucher) {
  if (!completes_in_order(toucher.engine)) {
    every_.push_back(toucher);
    return;
  }
  for (Toucher& last : last_)
    if (same_engine(last, toucher)) {
      last.command.index = std::max(last.command.index, toucher.command.index);
      return;
    }
  last_.push_back(toucher);
}

std::vector<Toucher> Waits::sorted() const {
  std::vector<Toucher> all = every_;
  all.insert(all.end(), last_.begin(), last_.end());
  const auto key = [](const Toucher& t) {
    return std::make_tuple(t.command.core, t.engine, t.command.index);
  };
  std::sort(all.begin(), all.end(),
            [&](const Toucher& a, const Toucher& b) { return key(a) < key(b); });
  const auto same = [](const Toucher& a, const Toucher& b) { return a.command == b.command; };
  all.erase(std::unique(all.begin(), all.end(), same), all.end());
  return all;
}

void HazardMap::collect(const Accesses& list, const Stripe& stripe, Waits& after) {
  for (const Access& access : list)
    if (stripe.shares(access.stripe)) after.add(access.by);
}

// Requires: access.by already waits for every access of the list that it may not overtake.
void HazardMap::append(Accesses& list, Access access, Waits& after) {
  if (!list.empty() && list.back().by.command == access.by.command) {
    if (!list.back().stripe.includes(access.stripe)) list.back().stripe.period = 0;
    return;
  }
  const auto outdated = [&](const Access& earlier) {
    return same_engine(earlier.by, access.by) && completes_in_order(access.by.engine) &&
           access.stripe.includes(earlier.stripe);
  };
  list.erase(std::remove_if(list.begin(), list.end(), outdated), list.end());
  const auto comrade = [&](const Access& earlier) { return same_engine(earlier.by, access.by); };
  if (std::count_if(list.begin(), list.end(), comrade) >= kApart) {
    const auto oldest = std::find_if(list.begin(), list.end(), comrade);
    after.add(oldest->by);
    list.erase(oldest);
    access.stripe.period = 0;
  }
  list.push_back(std::move(access));
}

void HazardMap::split_at(std::uint64_t address) {
  auto next = segments_.upper_bound(address);
  if (next == segments_.begin()) return;
  const auto at = std::prev(next);
  if (at->first == address || at->second.end <= address) return;
  Segment tail = at->second;
  at->second.end = address;
  segments_.emplace_hint(next, address, std::move(tail));
}

HazardMap::Segments::iterator HazardMap::cover(const AddressRange& range) {
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

void HazardMap::read(const AddressRange& range, const Toucher& by, Waits& after) {
  if (range.begin == range.end) return;
  const Stripe stripe = range.stripe();
  for (auto it = cover(range); it != segments_.end() && it->first < range.end; ++it) {
    collect(it->second.writers, stripe, after);
    append(it->second.readers, {by, stripe}, after);
  }
}

void HazardMap::write(const AddressRange& range, const Toucher& by, Waits& after) {
  if (range.begin == range.end) return;
  const Stripe stripe = range.stripe();
  const auto stood_for = [&](const Access& earlier) { return stripe.includes(earlier.stripe); };
  for (auto it = cover(range); it != segments_.end() && it->first < range.end; ++it) {
    Segment& segment = it->second;
    collect(segment.writers, stripe, after);
    collect(segment.readers, stripe, after);
    if (range.period == 0) continue;
    for (Accesses* list : {&segment.writers, &segment.readers})
      list->erase(std::remove_if(list->begin(), list->end(), stood_for), list->end());
    append(segment.writers, {by, stripe}, after);
  }
  if (range.period == 0) replace(range, {by});
}

void HazardMap::replace(const AddressRange& range, const std::vector<Toucher>& by) {
  const auto first = cover(range);
  const auto last = segments_.lower_bound(range.end);
  segments_.erase(first, last);
  Segment& segment = segments_[range.begin];
  segment.end = range.end;
  for (const Toucher& toucher : by) segment.writers.push_back({toucher, {}});
}

}  // namespace systolith
