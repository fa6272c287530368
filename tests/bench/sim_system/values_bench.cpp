// MACs per second of the tile product (values on); DESIGN section 5 asks for ResNet-50's 4.1 GMAC
// in a second, everything included.
#include <benchmark/benchmark.h>

#include "hw/array/tile_product.h"

namespace systolith {
namespace {

void tile(benchmark::State& state, Format format) {
  constexpr std::int64_t kSide = 128, kRows = 512;
  const auto bytes = static_cast<std::size_t>(bytes_of(format));
  constexpr std::uint8_t kCode = 0x3F;  // 0x3F3F is 0.75 in bf16, far from denormals
  const std::vector<std::uint8_t> codes(kSide * kSide * bytes, kCode);
  const WeightTile weights =
      pack_weights(codes.data(), kSide * bytes_of(format), kSide, kSide, 1, format);
  std::vector<std::uint32_t> sums(kRows * kSide);
  ProductBuffer buffer;
  buffer.codes.assign(kRows * kSide * bytes, kCode);
  for (auto _ : state) {
    tile_product(weights, {kRows, format, true, kSide}, sums.data(), buffer);
    benchmark::ClobberMemory();
  }
  state.counters["macs"] = benchmark::Counter(static_cast<double>(kRows * kSide * kSide),
                                              benchmark::Counter::kIsIterationInvariantRate);
}
void tile_int8(benchmark::State& state) { tile(state, Format::int8); }
void tile_bf16(benchmark::State& state) { tile(state, Format::bf16); }
BENCHMARK(tile_int8);
BENCHMARK(tile_bf16);

}  // namespace
}  // namespace systolith
