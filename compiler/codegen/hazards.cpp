#include "compiler/codegen/hazards.h"

#include <algorithm>
#include <tuple>

namespace systolith {
namespace {

// So many commands of one engine are kept apart per list and segment; beyond, the newest waits for
// the oldest and stands for it. Far more than a DMA engine has under way at a time.
constexpr std::size_t kApart = 16;

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
  for (const EngineAccesses& engine : list) {
    const bool in_order = completes_in_order(engine.engine);
    for (auto access = engine.list.rbegin(); access != engine.list.rend(); ++access) {
      if (!stripe.shares(access->stripe)) continue;
      after.add({{engine.core, access->index}, engine.engine});
      if (in_order) break;  // it stands for the older ones
    }
  }
}

HazardMap::EngineAccesses& HazardMap::of_engine(Accesses& list, const Toucher& by) {
  for (EngineAccesses& engine : list)
    if (engine.core == by.command.core && engine.engine == by.engine) return engine;
  return list.emplace_back(EngineAccesses{by.command.core, by.engine, {}});
}

// Requires: `by` already waits for every access of the list that it may not overtake.
void HazardMap::append(Accesses& all, const Toucher& by, Stripe stripe, Waits& after) {
  std::vector<Access>& list = of_engine(all, by).list;
  if (!list.empty() && list.back().index == by.command.index) {
    if (!list.back().stripe.includes(stripe)) list.back().stripe.period = 0;
    return;
  }
  if (completes_in_order(by.engine)) erase_included(list, stripe);
  if (list.size() >= kApart) {
    after.add({{by.command.core, list.front().index}, by.engine});
    list.erase(list.begin());
    stripe.period = 0;
  }
  list.push_back({by.command.index, stripe});
}

void HazardMap::erase_included(std::vector<Access>& list, const Stripe& stripe) {
  const auto included = [&](const Access& access) { return stripe.includes(access.stripe); };
  list.erase(std::remove_if(list.begin(), list.end(), included), list.end());
}

HazardMap::Segments::iterator HazardMap::split_at(std::uint64_t address) {
  const auto next = segments_.lower_bound(address);
  if (next == segments_.begin()) return next;
  const auto at = std::prev(next);
  return at->second.end > address ? split(at, address) : next;
}

HazardMap::Segments::iterator HazardMap::split(Segments::iterator segment, std::uint64_t address) {
  Segment tail = segment->second;
  segment->second.end = address;
  return segments_.emplace_hint(std::next(segment), address, std::move(tail));
}

HazardMap::Segments::iterator HazardMap::cover(const AddressRange& range) {
  auto it = split_at(range.begin), first = it;
  for (std::uint64_t at = range.begin; at < range.end; ++it) {
    if (it == segments_.end() || it->first > at) {
      const std::uint64_t gap_end =
          it == segments_.end() ? range.end : std::min(range.end, it->first);
      it = segments_.emplace_hint(it, at, Segment{gap_end, {}, {}});
    } else if (it->second.end > range.end) {
      split(it, range.end);
    }
    if (at == range.begin) first = it;
    at = it->second.end;
  }
  return first;
}

void HazardMap::read(const AddressRange& range, const Toucher& by, Waits& after) {
  if (range.begin == range.end) return;
  const Stripe stripe = range.stripe();
  for (auto it = cover(range); it != segments_.end() && it->first < range.end; ++it) {
    collect(it->second.writers, stripe, after);
    append(it->second.readers, by, stripe, after);
  }
}

void HazardMap::write(const AddressRange& range, const Toucher& by, Waits& after) {
  if (range.begin == range.end) return;
  const Stripe stripe = range.stripe();
  for (auto it = cover(range); it != segments_.end() && it->first < range.end; ++it) {
    Segment& segment = it->second;
    collect(segment.writers, stripe, after);
    collect(segment.readers, stripe, after);
    if (range.period == 0) continue;
    for (Accesses* list : {&segment.writers, &segment.readers})
      for (EngineAccesses& engine : *list) erase_included(engine.list, stripe);
    append(segment.writers, by, stripe, after);
  }
  if (range.period == 0) replace(range, {by});
}

void HazardMap::replace(const AddressRange& range, const std::vector<Toucher>& by) {
  const auto first = cover(range);
  const auto last = segments_.lower_bound(range.end);
  segments_.erase(first, last);
  Segment& segment = segments_[range.begin];
  segment.end = range.end;
  for (const Toucher& toucher : by)
    of_engine(segment.writers, toucher).list.push_back({toucher.command.index, {}});
}

}  // namespace systolith
