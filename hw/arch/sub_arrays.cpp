#include "hw/arch/sub_arrays.h"

#include <algorithm>
#include <numeric>

#include "hw/arch/quantity_text.h"
#include "hw/base/error.h"

namespace systolith {
namespace {

constexpr std::int64_t kMostParts = 64;    // as the list's
constexpr std::int64_t kMostCores = 1024;  // logical ones; as core.count's
constexpr const char* kPath = "core.array.partition";

std::string path_of(std::size_t index) { return fmt::format("{}.{}", kPath, index); }

bool is_power_of_two(std::int64_t number) { return (number & (number - 1)) == 0; }

void check_inside(const ArrayConfig& array, std::size_t index, const Complaint& complain) {
  const SubArray& part = array.partition[index];
  const auto check = [&](const char* what, const char* key, std::int64_t first, std::int64_t count,
                         std::int64_t all) {
    if (first + count > all)
      complain({path_of(index) + "." + key, path_of(index)},
               fmt::format("{} {} to {} of sub-array {} lie outside the array, which has {} (0 to "
                           "{})",
                           what, first, first + count - 1, index, all, all - 1));
  };
  check("rows", "rows", part.row, part.rows, array.rows);
  check("columns", "cols", part.col, part.cols, array.cols);
}

void check_disjoint(const ArrayConfig& array, std::size_t index, const Complaint& complain) {
  const SubArray& part = array.partition[index];
  for (std::size_t before = 0; before < index; ++before) {
    const SubArray& other = array.partition[before];
    const std::int64_t top = std::max(part.row, other.row), left = std::max(part.col, other.col);
    const std::int64_t bottom = std::min(part.row + part.rows, other.row + other.rows);
    const std::int64_t right = std::min(part.col + part.cols, other.col + other.cols);
    if (top < bottom && left < right)
      complain({path_of(index)},
               fmt::format("sub-array {} overlaps sub-array {} in rows {} to {}, columns {} to {} "
                           "(a PE belongs to one at most)",
                           index, before, top, bottom - 1, left, right - 1));
  }
}

// A share must be one that banks can be divided by: a power of two of them is a power of two.
void check_share_is_one(const ArrayConfig& array, std::size_t index, const Complaint& complain) {
  const SubArray& part = array.partition[index];
  if (!part.share.empty()) return;
  const std::int64_t own = part.rows * part.cols, all = array.rows * array.cols;
  if (all % own == 0 && is_power_of_two(all / own)) return;
  const std::int64_t common = std::gcd(own, all);
  complain({path_of(index)},
           fmt::format("sub-array {} has {}/{} of the PEs, which is no share of a core (give it "
                       "one of 1/1, 1/2, 1/4, 1/8, 1/16, 1/32, 1/64, as share: 1/2)",
                       index, own / common, all / common));
}

// What a division must leave whole: `part` parts of `of` that `amount` is cut into.
struct Divided {
  const char* field;
  const char* unit;
  std::int64_t amount, part, of;
};

void check_whole(const Complaint& complain, std::size_t index, const Divided& divided) {
  const std::int64_t common = std::gcd(divided.part, divided.of);
  const std::int64_t of = divided.of / common;
  if (divided.amount % of == 0) return;
  complain(
      {divided.field, path_of(index)},
      fmt::format("sub-array {} would have {}/{} of {} {} ({}; allowed: multiples of {})", index,
                  divided.part / common, of, divided.amount, divided.unit, divided.field, of));
}

void check_share_is_whole(const Machine& machine, std::size_t index, const Complaint& complain) {
  const CoreConfig& core = machine.core;
  const SubArray& part = core.array.partition[index];
  const std::int64_t divisor = share_divisor(part, core.array), rows = core.array.rows;
  const char* port = core.dma.width ? "core.dma.width" : "interconnect.width";
  const std::int64_t width = core.dma.width.value_or(machine.interconnect.width).count();
  for (const Divided& divided :
       {Divided{"core.scratchpad.banks", "banks", core.scratchpad.banks, 1, divisor},
        Divided{"core.weight_scratchpad.banks", "banks", core.weight_scratchpad.banks, 1,
                core.weights_apart() ? divisor : 1},
        Divided{"core.vector.lanes", "lanes", core.vector.lanes, 1, divisor},
        Divided{"core.dma.channels", "channels", core.dma.channels, 1, divisor},
        Divided{"core.dma.outstanding", "bursts", core.dma.outstanding, 1, divisor},
        Divided{port, "bytes", width, 1, divisor},
        Divided{"core.accumulator.banks", "banks", core.accumulator.banks, part.rows, rows},
        Divided{"core.accumulator.capacity", "rows", core.accumulator_rows(), part.rows, rows}})
    check_whole(complain, index, divided);
  if (core.dma.burst > core.scratchpad.capacity / divisor)
    complain(
        {"core.dma.burst", path_of(index)},
        fmt::format("a burst of {} bytes is larger than the scratchpad of sub-array {} ({})",
                    core.dma.burst.count(), index, core.scratchpad.capacity.count() / divisor));
}

void check_sum_of_shares(const ArrayConfig& array, const Complaint& complain) {
  constexpr std::int64_t kWhole = std::int64_t{1} << 20;  // a multiple of every divisor
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < array.partition.size(); ++i) {
    sum += kWhole / share_divisor(array.partition[i], array);
    if (sum > kWhole)
      complain({path_of(i) + ".share", path_of(i)},
               fmt::format("the shares of sub-arrays 0 to {} come to {}% of the core (allowed: up "
                           "to 100%)",
                           i, 100.0 * static_cast<double>(sum) / static_cast<double>(kWhole)));
  }
}

}  // namespace

std::vector<SubArray> parse_grid(const std::string& text, const ArrayConfig& array) {
  const std::size_t cross = text.find('x');
  const std::int64_t down = parse_whole(text.substr(0, cross), {1, kMostParts});
  const std::int64_t across = parse_whole(text.substr(cross + 1), {1, kMostParts});
  if (down * across > kMostParts)
    user_error("a grid of {} has {} sub-arrays (allowed: up to {})", text, down * across,
               kMostParts);
  if (array.rows % down != 0 || array.cols % across != 0)
    user_error(
        "a grid of {} does not divide the array of {} x {} evenly (allowed: a divisor of {} "
        "and one of {})",
        text, array.rows, array.cols, array.rows, array.cols);
  const std::int64_t rows = array.rows / down, cols = array.cols / across;
  std::vector<SubArray> parts;
  if (down * across == 1) return parts;
  for (std::int64_t i = 0; i < down * across; ++i)
    parts.push_back({i / across * rows, i % across * cols, rows, cols, ""});
  return parts;
}

std::int64_t share_divisor(const SubArray& part, const ArrayConfig& array) {
  if (part.share.empty()) return array.rows * array.cols / (part.rows * part.cols);
  return parse_whole(part.share.substr(part.share.find('/') + 1), {1, kMostParts});
}

CoreConfig sub_core(const CoreConfig& core, const SubArray& part) {
  const ArrayConfig& array = core.array;
  const std::int64_t divisor = share_divisor(part, array);
  CoreConfig own = core;
  own.array.partition.clear();
  own.array.rows = part.rows;
  own.array.cols = part.cols;
  own.array.lanes = {part.col, part.row, array.rows - part.row - part.rows};
  own.vector.lanes /= divisor;
  own.scratchpad.capacity = core.scratchpad.capacity / divisor;
  own.scratchpad.banks /= divisor;
  if (core.weights_apart()) {
    own.weight_scratchpad.capacity = core.weight_scratchpad.capacity / divisor;
    own.weight_scratchpad.banks /= divisor;
  }
  own.accumulator.banks = core.accumulator.banks * part.rows / array.rows;
  own.accumulator.capacity =
      Bytes(core.accumulator_rows() * part.rows / array.rows * part.cols * 4);
  own.dma.channels /= divisor;
  own.dma.outstanding /= divisor;
  if (core.dma.width) own.dma.width = *core.dma.width / divisor;
  return own;
}

void check_sub_arrays(const Machine& machine, const Complaint& complain) {
  const ArrayConfig& array = machine.core.array;
  for (std::size_t i = 0; i < array.partition.size(); ++i) {
    check_inside(array, i, complain);
    check_disjoint(array, i, complain);
  }
  for (std::size_t i = 0; i < array.partition.size(); ++i) {
    check_share_is_one(array, i, complain);
    check_share_is_whole(machine, i, complain);
  }
  check_sum_of_shares(array, complain);
  const auto parts = static_cast<std::int64_t>(array.partition.size());
  if (machine.core.count * parts > kMostCores)
    complain({kPath, "core.count"},
             fmt::format("{} cores of {} sub-arrays are more than {} logical cores",
                         machine.core.count, parts, kMostCores));
}

}  // namespace systolith
