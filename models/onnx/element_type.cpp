#include "models/onnx/element_type.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <array>

namespace systolith {
namespace {

using onnx::TensorProto;

constexpr std::array kSupported = {
    ElementType{TensorProto::FLOAT, "FLOAT", 4, DataType::float32},
    ElementType{TensorProto::UINT8, "UINT8", 1, DataType::uint8},
    ElementType{TensorProto::INT8, "INT8", 1, DataType::int8},
    ElementType{TensorProto::UINT16, "UINT16", 2, DataType::int32},
    ElementType{TensorProto::INT16, "INT16", 2, DataType::int32},
    ElementType{TensorProto::INT32, "INT32", 4, DataType::int32},
    ElementType{TensorProto::INT64, "INT64", 8, DataType::int64},
    ElementType{TensorProto::BOOL, "BOOL", 1, DataType::boolean},
    ElementType{TensorProto::FLOAT16, "FLOAT16", 2, DataType::float32},
    ElementType{TensorProto::DOUBLE, "DOUBLE", 8, DataType::float32},
    ElementType{TensorProto::UINT32, "UINT32", 4, DataType::int64},
    ElementType{TensorProto::UINT64, "UINT64", 8, DataType::int64},
    ElementType{TensorProto::BFLOAT16, "BFLOAT16", 2, DataType::float32},
};

struct TypeName {
  int number;
  const char* name;
};

// From 17 on newer than the schema of ONNX 1.12; numbers from onnx.proto of ONNX 1.18.
constexpr std::array kUnsupported = {
    TypeName{0, "UNDEFINED"},   TypeName{8, "STRING"},          TypeName{14, "COMPLEX64"},
    TypeName{15, "COMPLEX128"}, TypeName{17, "FLOAT8E4M3FN"},   TypeName{18, "FLOAT8E4M3FNUZ"},
    TypeName{19, "FLOAT8E5M2"}, TypeName{20, "FLOAT8E5M2FNUZ"}, TypeName{21, "UINT4"},
    TypeName{22, "INT4"},       TypeName{23, "FLOAT4E2M1"},
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
  switch (type) {
    case DataType::float32:
      return TensorProto::FLOAT;
    case DataType::int64:
      return TensorProto::INT64;
    case DataType::int32:
      return TensorProto::INT32;
    case DataType::int8:
      return TensorProto::INT8;
    case DataType::uint8:
      return TensorProto::UINT8;
    case DataType::boolean:
      return TensorProto::BOOL;
  }
  SYSTOLITH_CHECK(false, "data type {}", static_cast<int>(type));
}

}  // namespace systolith
