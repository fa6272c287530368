#include "hw/arith/format.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "hw/arith/int4.h"

namespace systolith {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
const double kNan = std::nan("");

TEST(NumberFormat, EveryWireNumberHasOneNameAndBack) {
  for (const auto* entry : registrations<NumberFormat>()) {
    const NumberFormat& format = entry->create();
    EXPECT_EQ(to_string(format.id()), entry->name);
    EXPECT_EQ(format_from_name(entry->name), format.id());
    EXPECT_EQ(&number_format(format.id()), &format);
    EXPECT_EQ(packed_bytes(format.id(), 2) * 8, 2 * format.width().count());
    EXPECT_EQ(is_float(format.id()), format.is_float());
  }
  EXPECT_EQ(registrations<NumberFormat>().size(), 11U);
}

TEST(NumberFormat, AnUnknownNameIsAnsweredWithTheKnownOnes) {
  try {
    format_from_name("int9");
    FAIL() << "no error";
  } catch (const UserError& error) {
    EXPECT_STREQ(
        error.what(),
        "unknown number format 'int9' (known: bf16, fp16, fp32, fp8_e4m3, fp8_e5m2, int16, "
        "int32, int4, int8, uint4, uint8); did you mean 'int4'?");
  }
}

TEST(NumberFormat, EveryCodeOfTheNarrowFormatsSurvivesDecodeAndEncode) {
  for (const Format id : {Format::int4, Format::uint4, Format::int8, Format::uint8, Format::int16,
                          Format::fp8_e4m3, Format::fp8_e5m2, Format::bf16, Format::fp16}) {
    const NumberFormat& format = number_format(id);
    const std::uint64_t codes = std::uint64_t{1} << format.width().count();
    for (std::uint64_t code = 0; code < codes; ++code) {
      const double value = format.decode(code);
      if (std::isnan(value))
        EXPECT_TRUE(std::isnan(format.decode(format.encode(value)))) << code;
      else
        EXPECT_EQ(format.encode(value), code) << to_string(id);
    }
  }
}

TEST(NumberFormat, IntegersTieToEvenAndSaturate) {
  struct Case {
    Format format;
    double value, stored;
  };
  const Case cases[] = {
      {Format::int8, 0.5, 0},
      {Format::int8, 1.5, 2},
      {Format::int8, -0.5, 0},
      {Format::int8, -2.5, -2},
      {Format::int8, 127.5, 127},
      {Format::int8, 1e300, 127},
      {Format::int8, -128.5, -128},
      {Format::int8, -1e300, -128},
      {Format::int8, kInfinity, 127},
      {Format::int8, kNan, 0},
      {Format::uint8, -0.6, 0},
      {Format::uint8, 254.5, 254},
      {Format::uint8, 256, 255},
      {Format::uint8, kNan, 0},
      {Format::uint4, 15.5, 15},
      {Format::uint4, -1, 0},
      {Format::uint4, 4.5, 4},
      {Format::int16, 32767.5, 32767},
      {Format::int16, -32768.5, -32768},
      {Format::int32, 2.5, 2},
      {Format::int32, 1e10, 2147483647},
      {Format::int32, -1e10, -2147483648.0},
      {Format::int32, 2147483646.5, 2147483646},
  };
  for (const Case& c : cases) {
    const NumberFormat& format = number_format(c.format);
    EXPECT_EQ(format.decode(format.encode(c.value)), c.stored)
        << to_string(c.format) << ' ' << c.value;
  }
}

TEST(NumberFormat, Fp32OverflowsToInfinityAndKeepsItsSubnormals) {
  const NumberFormat& format = number_format(Format::fp32);
  EXPECT_EQ(format.encode(1e39), 0x7F800000U);
  EXPECT_EQ(format.encode(-1e39), 0xFF800000U);
  EXPECT_EQ(format.encode(std::ldexp(1.0, -149)), 1U);
  EXPECT_EQ(format.encode(-0.0), 0x80000000U);
  EXPECT_TRUE(std::isnan(format.decode(format.encode(kNan))));
}

TEST(NumberFormat, Bf16RoundsOnceFromADouble) {
  const NumberFormat& format = number_format(Format::bf16);
  const double tie = 1 + std::ldexp(1.0, -8);  // between 1 and 1 + 2^-7
  EXPECT_EQ(format.decode(format.encode(tie)), 1.0);
  // Above the tie by less than fp32 can tell: rounding by way of fp32 would go down.
  EXPECT_EQ(format.decode(format.encode(tie + std::ldexp(1.0, -40))), 1 + std::ldexp(1.0, -7));
  EXPECT_EQ(format.encode(1e300), 0x7F80U);
  EXPECT_EQ(format.encode(-1e300), 0xFF80U);
  EXPECT_EQ(format.encode(std::ldexp(1.0, -133)), 1U);
  EXPECT_EQ(format.encode(std::ldexp(1.0, -134)), 0U);
  EXPECT_EQ(format.encode(std::ldexp(1.5, -134)), 1U);
  EXPECT_EQ(format.encode(-1e-320), 0x8000U);
}

// OCP 8-bit Floating Point Specification (OFP8), 1.0, table 1: largest, least normal and subnormal.
TEST(NumberFormat, TheCornersOfFp8AreThoseOfItsSpecification) {
  const NumberFormat &e4m3 = number_format(Format::fp8_e4m3),
                     &e5m2 = number_format(Format::fp8_e5m2);
  EXPECT_EQ(e4m3.decode(0x7E), 448);
  EXPECT_EQ(e4m3.decode(0x08), std::ldexp(1.0, -6));
  EXPECT_EQ(e4m3.decode(0x01), std::ldexp(1.0, -9));
  EXPECT_TRUE(std::isnan(e4m3.decode(0x7F)));
  EXPECT_TRUE(std::isnan(e4m3.decode(0xFF)));
  EXPECT_EQ(e5m2.decode(0x7B), 57344);
  EXPECT_EQ(e5m2.decode(0x04), std::ldexp(1.0, -14));
  EXPECT_EQ(e5m2.decode(0x01), std::ldexp(1.0, -16));
  EXPECT_EQ(e5m2.decode(0xFC), -kInfinity);
  EXPECT_TRUE(std::isnan(e5m2.decode(0x7D)));
}

TEST(NumberFormat, NarrowFloatsOverflowFromHalfAStepAboveTheirLargest) {
  const NumberFormat &e4m3 = number_format(Format::fp8_e4m3),
                     &e5m2 = number_format(Format::fp8_e5m2), &fp16 = number_format(Format::fp16);
  EXPECT_EQ(e4m3.encode(464), 0x7EU);  // a tie goes to the even 448
  EXPECT_EQ(e4m3.encode(std::nextafter(464.0, 500.0)), 0x7FU);
  EXPECT_EQ(e4m3.encode(-kInfinity), 0xFFU);
  EXPECT_EQ(e5m2.encode(std::nextafter(61440.0, 0.0)), 0x7BU);
  EXPECT_EQ(e5m2.encode(61440), 0x7CU);
  EXPECT_EQ(fp16.encode(std::nextafter(65520.0, 0.0)), 0x7BFFU);
  EXPECT_EQ(fp16.encode(-65520), 0xFC00U);
}

TEST(NumberFormat, NarrowFloatsRoundOnceFromADouble) {
  const double hair = std::ldexp(1.0, -50);  // less than fp32 can tell
  EXPECT_EQ(number_format(Format::fp8_e4m3).encode(1.0625), 0x38U);
  EXPECT_EQ(number_format(Format::fp8_e4m3).encode(1.0625 + hair), 0x39U);
  EXPECT_EQ(number_format(Format::fp16).encode(std::ldexp(1.0, -25)), 0U);
  EXPECT_EQ(number_format(Format::fp16).encode(std::ldexp(1.0 + hair, -25)), 1U);
  EXPECT_EQ(number_format(Format::fp8_e5m2).encode(-1e-300), 0x80U);
}

// ONNX's int4: QuantizeLinear saturates to [-8, 7] and rounds half to even; tensors hold the first
// element in the low half of a byte (onnx.proto, TensorProto.INT4).
TEST(NumberFormat, Int4RoundsAndPacksAsOnnxDoes) {
  const NumberFormat& int4 = number_format(Format::int4);
  for (const auto& [value, expected] : {std::pair{0.5, 0.0},
                                        {1.5, 2.0},
                                        {-2.5, -2.0},
                                        {9.0, 7.0},
                                        {-100.0, -8.0},
                                        {6.6, 7.0},
                                        {-8.0, -8.0}})
    EXPECT_EQ(int4.decode(int4.encode(value)), expected) << value;
  const std::uint8_t packed[] = {0x8F, 0x07};
  EXPECT_EQ(int4_at(packed, 0), -1);
  EXPECT_EQ(int4_at(packed, 1), -8);
  EXPECT_EQ(int4_at(packed, 2), 7);
  EXPECT_EQ(packed_bytes(Format::int4, 3), 2);
}

TEST(Int4, AWrittenCodeLeavesTheOtherHalfOfItsByte) {
  std::uint8_t packed[] = {0x8F, 0x07};
  set_int4(packed, 1, 3);
  EXPECT_EQ(packed[0], 0x3F);
  set_int4(packed, 2, -1);
  EXPECT_EQ(packed[1], 0x0F);
}

TEST(Int4, WideningIsEveryCodeByItselfFromAnyHalfByteOn) {
  std::vector<std::uint8_t> packed;
  for (int i = 0; i < 40; ++i) packed.push_back(static_cast<std::uint8_t>(37 * i + 11));
  for (std::int64_t from = 0; from < 5; ++from)
    for (std::int64_t count = 0; count < 40; ++count) {
      std::vector<std::uint8_t> codes(static_cast<std::size_t>(count) + 1, 77);
      widen_int4(packed.data(), from, count, codes.data());
      for (std::int64_t i = 0; i < count; ++i)
        ASSERT_EQ(static_cast<std::int8_t>(codes[static_cast<std::size_t>(i)]),
                  int4_at(packed.data(), from + i));
      ASSERT_EQ(codes.back(), 77);
    }
}

TEST(Int4, HasNoSizeInBytes) {
  EXPECT_EQ(units_of(Format::int4), 1);
  EXPECT_EQ(units_per_byte(Format::int4), 2);
  EXPECT_THROW(bytes_of(Format::int4), InternalError);
}

}  // namespace
}  // namespace systolith
