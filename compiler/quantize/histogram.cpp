#include "compiler/quantize/histogram.h"

#include <cstring>

namespace systolith {
namespace {

// Sign, exponent and 5 bits of the significand of a binary32: bins 1/32 wide, relative to the
// value.
constexpr int kDropped = 18;
constexpr std::size_t kBins = std::size_t{1} << (32 - kDropped);

}  // namespace

void Histogram::add(const std::vector<float>& values) {
  counts_.resize(kBins);
  for (const float value : values) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    ++counts_[bits >> kDropped];
  }
}

void Histogram::add(const Histogram& other) {
  counts_.resize(kBins);
  for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
}

std::vector<Histogram::Bin> Histogram::bins() const {
  std::vector<Bin> bins;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] == 0) continue;
    const std::uint32_t middle = static_cast<std::uint32_t>(i) << kDropped | std::uint32_t{1}
                                                                                 << (kDropped - 1);
    float value = 0;
    std::memcpy(&value, &middle, sizeof value);
    bins.push_back({double{value}, counts_[i]});
  }
  return bins;
}

}  // namespace systolith
