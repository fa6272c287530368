#include <gmock/gmock.h>

#include <limits>

#include "tests/support/onnx_files.h"

namespace systolith {
namespace {

using onnx::TensorProto;
using testing::ElementsAre;

TensorProto proto_of(TensorProto::DataType type, std::int64_t extent) {
  TensorProto proto;
  proto.set_name("t");
  proto.set_data_type(type);
  proto.add_dims(extent);
  return proto;
}

template <class Stored>
TensorProto raw(TensorProto::DataType type, const std::vector<Stored>& values) {
  TensorProto proto = proto_of(type, static_cast<std::int64_t>(values.size()));
  proto.set_raw_data(
      std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Stored)));
  return proto;
}

Tensor import(const TensorProto& proto) { return import_tensor(proto, "."); }

TEST(OnnxTensor, Float16KeepsItsNumbers) {
  // 1, -2, the smallest subnormal 2^-24, the largest 65504, infinity: IEEE 754 binary16.
  const Tensor tensor = import(
      raw<std::uint16_t>(TensorProto::FLOAT16, {0x3C00, 0xC000, 0x0001, 0x7BFF, 0x7C00, 0x8000}));
  EXPECT_EQ(tensor.type, DataType::float16);
  EXPECT_THAT(tensor.floats, ElementsAre(1.0F, -2.0F, 0x1p-24F, 65504.0F,
                                         std::numeric_limits<float>::infinity(), -0.0F));
}

TEST(OnnxTensor, Bfloat16IsTheUpperHalfOfAFloat) {
  const Tensor tensor = import(raw<std::uint16_t>(TensorProto::BFLOAT16, {0x3F80, 0xC000, 0x4049}));
  EXPECT_THAT(tensor.floats, ElementsAre(1.0F, -2.0F, 3.140625F));
}

TEST(OnnxTensor, DoublesAreRoundedToFloats) {
  EXPECT_THAT(import(raw<double>(TensorProto::DOUBLE, {0.1, -3})).floats, ElementsAre(0.1F, -3.0F));
}

TEST(OnnxTensor, IntegersKeepTheirValues) {
  EXPECT_THAT(import(raw<std::int8_t>(TensorProto::INT8, {-128, 127})).integers,
              ElementsAre(-128, 127));
  EXPECT_THAT(import(raw<std::uint8_t>(TensorProto::UINT8, {0, 255})).integers,
              ElementsAre(0, 255));
  EXPECT_THAT(import(raw<std::int16_t>(TensorProto::INT16, {-32768})).integers,
              ElementsAre(-32768));
  EXPECT_THAT(import(raw<std::uint16_t>(TensorProto::UINT16, {65535})).integers,
              ElementsAre(65535));
  EXPECT_THAT(import(raw<std::uint32_t>(TensorProto::UINT32, {4294967295})).integers,
              ElementsAre(4294967295));
  EXPECT_THAT(import(raw<std::int64_t>(TensorProto::INT64, {-5})).integers, ElementsAre(-5));
  EXPECT_THAT(import(raw<std::uint8_t>(TensorProto::BOOL, {0, 1})).integers, ElementsAre(0, 1));
}

TEST(OnnxTensor, TypedFieldsAreReadAsTheSchemaSaysPerType) {
  TensorProto floats = proto_of(TensorProto::FLOAT, 1);
  floats.add_float_data(1.5F);
  EXPECT_THAT(import(floats).floats, ElementsAre(1.5F));

  TensorProto bytes = proto_of(TensorProto::INT8, 2);
  bytes.add_int32_data(-3);
  bytes.add_int32_data(4);
  EXPECT_THAT(import(bytes).integers, ElementsAre(-3, 4));

  TensorProto halves = proto_of(TensorProto::FLOAT16, 1);
  halves.add_int32_data(0x3C00);
  EXPECT_THAT(import(halves).floats, ElementsAre(1.0F));

  TensorProto words = proto_of(TensorProto::UINT32, 1);
  words.add_uint64_data(7);
  EXPECT_THAT(import(words).integers, ElementsAre(7));

  TensorProto doubles = proto_of(TensorProto::DOUBLE, 1);
  doubles.add_double_data(0.25);
  EXPECT_THAT(import(doubles).floats, ElementsAre(0.25F));
}

TEST(OnnxTensor, AScalarHasOneElement) {
  TensorProto scalar;
  scalar.set_data_type(TensorProto::INT64);
  scalar.add_int64_data(9);
  const Tensor tensor = import(scalar);
  EXPECT_TRUE(tensor.shape.empty());
  EXPECT_THAT(tensor.integers, ElementsAre(9));
}

TEST(OnnxTensor, EveryTypeOfTheGraphSurvivesExport) {
  for (const DataType type :
       {DataType::int64, DataType::int32, DataType::int16, DataType::uint16, DataType::int8,
        DataType::uint8, DataType::int4, DataType::uint4, DataType::boolean}) {
    const Tensor tensor{type, {3, 1}, {}, {0, 1, 1}};
    const Tensor back = import(export_tensor("t", tensor));
    EXPECT_EQ(back.type, type);
    EXPECT_EQ(back.shape, tensor.shape);
    EXPECT_EQ(back.integers, tensor.integers);
  }
}

TEST(OnnxTensor, EveryNarrowFloatSurvivesExport) {
  for (const DataType type :
       {DataType::float16, DataType::bfloat16, DataType::float8e4m3fn, DataType::float8e5m2}) {
    const Tensor tensor{type, {4}, {-1.5F, 0x1p-6F, -0.0F, 448}, {}};
    EXPECT_EQ(import(export_tensor("t", tensor)).floats, tensor.floats) << to_string(type);
  }
}

TEST(OnnxTensor, FourBitIntegersLieTwoToAByteTheFirstInTheLowHalf) {
  TensorProto proto = proto_of(TensorProto::UNDEFINED, 3);
  proto.set_data_type(22);  // INT4
  proto.set_raw_data("\x8F\x07");
  EXPECT_THAT(import(proto).integers, ElementsAre(-1, -8, 7));
  proto.set_data_type(21);  // UINT4
  EXPECT_THAT(import(proto).integers, ElementsAre(15, 8, 7));
  proto.clear_raw_data();
  proto.add_int32_data(0x8F);
  proto.add_int32_data(0x07);
  EXPECT_THAT(import(proto).integers, ElementsAre(15, 8, 7));
}

TensorProto external(const std::string& offset) {
  TensorProto proto = proto_of(TensorProto::FLOAT, 2);
  proto.set_data_location(TensorProto::EXTERNAL);
  const auto entry = [&](const std::string& key, const std::string& value) {
    auto& pair = *proto.add_external_data();
    pair.set_key(key);
    pair.set_value(value);
  };
  entry("location", "weights/data.bin");
  entry("offset", offset);
  entry("length", "8");
  return proto;
}

TEST(OnnxTensor, ExternalDataIsReadFromItsOffset) {
  const TestFolder folder;
  std::filesystem::create_directories(folder / "weights");
  const std::vector<float> values{1, 2, 3};
  save(std::string(reinterpret_cast<const char*>(values.data()), 12), folder / "weights/data.bin");
  EXPECT_THAT(import_tensor(external("4"), folder / "").floats, ElementsAre(2.0F, 3.0F));
}

}  // namespace
}  // namespace systolith
