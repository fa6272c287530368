#include "models/onnx/element_type.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <array>

namespace systolith {
namespace {

using onnx::TensorProto;

// Those from 17 on are newer than the schema of ONNX 1.12; numbers from onnx.proto of ONNX 1.18.
constexpr int kFloat8e4m3fn = 17, kFloat8e5m2 = 19, kUint4 = 21, kInt4 = 22;

constexpr std::array kSupported = {
    ElementType{TensorProto::FLOAT, "FLOAT", 32, DataType::float32},
    ElementType{TensorProto::UINT8, "UINT8", 8, DataType::uint8},
    ElementType{TensorProto::INT8, "INT8", 8, DataType::int8},
    ElementType{TensorProto::UINT16, "UINT16", 16, DataType::uint16},
    ElementType{TensorProto::INT16, "INT16", 16, DataType::int16},
    ElementType{TensorProto::INT32, "INT32", 32, DataType::int32},
    ElementType{TensorProto::INT64, "INT64", 64, DataType::int64},
    ElementType{TensorProto::BOOL, "BOOL", 8, DataType::boolean},
    ElementType{TensorProto::FLOAT16, "FLOAT16", 16, DataType::float16},
    ElementType{TensorProto::DOUBLE, "DOUBLE", 64, DataType::float32},
    ElementType{TensorProto::UINT32, "UINT32", 32, DataType::int64},
    ElementType{TensorProto::UINT64, "UINT64", 64, DataType::int64},
    ElementType{TensorProto::BFLOAT16, "BFLOAT16", 16, DataType::bfloat16},
    ElementType{kFloat8e4m3fn, "FLOAT8E4M3FN", 8, DataType::float8e4m3fn},
    ElementType{kFloat8e5m2, "FLOAT8E5M2", 8, DataType::float8e5m2},
    ElementType{kUint4, "UINT4", 4, DataType::uint4},
    ElementType{kInt4, "INT4", 4, DataType::int4},
};

struct TypeName {
  int number;
  const char* name;
};

// Numbers from onnx.proto of ONNX 1.23.
constexpr std::array kUnsupported = {
    TypeName{0, "UNDEFINED"},   TypeName{8, "STRING"},          TypeName{14, "COMPLEX64"},
    TypeName{15, "COMPLEX128"}, TypeName{18, "FLOAT8E4M3FNUZ"}, TypeName{20, "FLOAT8E5M2FNUZ"},
    TypeName{23, "FLOAT4E2M1"}, TypeName{24, "FLOAT8E8M0"},     TypeName{25, "UINT2"},
    TypeName{26, "INT2"},       TypeName{27, "FLOAT6E2M3"},     TypeName{28, "FLOAT6E3M2"},
};

}  // namespace

const ElementType& element_type(int number, const std::string& what) {
  std::vector<std::string> names;
  for (const ElementType& type : kSupported) {
    if (type.number == number) return type;
    names.emplace_back(type.name);
  }
  const auto known = std::find_if(kUnsupported.begin(), kUnsupported.end(),
                                  [&](const TypeName& type) { return type.number == number; });
  user_error("{} has element type {}, which is not supported (supported: {})", what,
             known == kUnsupported.end() ? fmt::format("number {}", number) : known->name,
             fmt::join(names, ", "));
}

int onnx_type(DataType type) {
  // DOUBLE and the wide integers are imported as types with a number of their own, further ahead.
  for (const ElementType& candidate : kSupported)
    if (candidate.imported == type) return candidate.number;
  SYSTOLITH_CHECK(false, "data type {}", static_cast<int>(type));
}

}  // namespace systolith
