// How often a tensor's values occurred, to within 1.6 % of each: fine enough to choose a step that
// is 7 % of the range, and independent of that range, so that histograms of any tensors add up.
#pragma once

#include <cstdint>
#include <vector>

namespace systolith {

class Histogram {
 public:
  // Requires: finite.
  void add(const std::vector<float>& values);
  void add(const Histogram& other);

  // The values that occurred, ascending by magnitude, negative ones last.
  struct Bin {
    double value = 0;  // its middle
    std::int64_t count = 0;
  };
  std::vector<Bin> bins() const;

 private:
  std::vector<std::int64_t> counts_;  // by a value's leading bits; empty: none occurred
};

}  // namespace systolith
