// Tensors as they lie in the machine's memory.
#include <gmock/gmock.h>

#include "compiler/kernels/interpret.h"

namespace systolith {
namespace {

using testing::ElementsAre;

// Two pixels of three channels.
KernelTensor odd_pixels() {
  KernelTensor tensor;
  tensor.name = "x";
  tensor.shape = {1, 1, 2, 3};
  tensor.logical_shape = {1, 3, 1, 2};
  tensor.format = Format::int4;
  tensor.quantization = {0.5F, 1};
  return tensor;
}

TEST(Codes, Int4PixelsBeginOnBytesAndTheFirstChannelIsInTheLowHalf) {
  const KernelTensor tensor = odd_pixels();
  EXPECT_EQ(tensor.bytes(), 4);
  EXPECT_EQ(tensor.pitch(), 4);
  Tensor value;
  value.shape = tensor.logical_shape;
  value.floats = {0, 0.5F, 1, 1.5F, -20, 20};  // [c][w]: codes 1 2, 3 4, -8 7
  EXPECT_THAT(to_codes(tensor, value), ElementsAre(0x31, 0x08, 0x42, 0x07));
}

TEST(Codes, Int4ComesBackWithoutTheHalvesThatFillUp) {
  const Tensor value = from_codes(odd_pixels(), {0x31, 0xF8, 0x42, 0x57});
  EXPECT_EQ(value.shape, (Shape{1, 3, 1, 2}));
  EXPECT_THAT(value.floats, ElementsAre(0, 0.5F, 1, 1.5F, -4.5F, 3));
}

TEST(Codes, PackingIsUndoneByUnpacking) {
  std::vector<std::uint8_t> packed;
  for (int i = 0; i < 256; ++i) packed.push_back(static_cast<std::uint8_t>(i));
  const auto codes = unpack_codes(Format::int4, packed);
  EXPECT_EQ(codes.size(), 512U);
  EXPECT_EQ(pack_codes(Format::int4, codes), packed);
  EXPECT_EQ(pack_codes(Format::int8, packed), packed);
}

}  // namespace
}  // namespace systolith
