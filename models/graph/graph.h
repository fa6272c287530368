// The tensor graph: ONNX's data model, in memory. Values are named; nodes are in topological order
// after Graph::sort(). Shapes are logical (NCHW), as in ONNX.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "hw/base/error.h"

namespace systolith {

enum class DataType : std::uint8_t {
  float32,
  int64,
  int32,
  int8,
  uint8,
  boolean,
  int16,
  uint16,
  int4,
  uint4,
  float16,
  bfloat16,
  float8e4m3fn,
  float8e5m2,
};
std::string_view to_string(DataType type);
constexpr bool is_floating(DataType type) {
  return type == DataType::float32 || type >= DataType::float16;
}
// Of one element where elements lie packed.
std::int64_t bits_of(DataType type);

using Shape = std::vector<std::int64_t>;
std::int64_t elements(const Shape& shape);
std::string to_string(const Shape& shape);  // "[1, 3, 224, 224]"

// A constant or computed tensor. Floats of every type live in `floats`, as numbers that the type
// holds (models/graph/narrow_float.h); every integer type in `integers`.
struct Tensor {
  DataType type = DataType::float32;
  Shape shape;
  std::vector<float> floats;
  std::vector<std::int64_t> integers;
};

// The same numbers as another type. UserError naming `value`: what is no integer for an integer
// type, or beyond 2^24, up to which floats hold every integer.
Tensor as_type(const std::string& value, Tensor tensor, DataType type);

using Attribute = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>,
                               std::vector<float>, Tensor>;

struct Node {
  std::string name;  // never empty: the reader invents "Conv_12" where the model has none
  std::string op;    // ONNX op name
  std::vector<std::string> inputs;  // "" = optional input left out
  std::vector<std::string> outputs;
  std::map<std::string, Attribute> attributes;
};

struct Value {
  std::string name;
  DataType type = DataType::float32;
  Shape shape;
};

// A tensor that a run of the graph replaces, as ONNX's TrainingInfoProto.update_binding: parameters
// and optimiser state. Within a run every node reads the value from before it.
struct StateBinding {
  std::string state;  // its value before the first run is the constant of that name
  std::string next;   // the value that replaces it after the run; same type and shape
};

// How a value is stored where the model itself says so: real = scale * (code - zero_point).
struct Encoding {
  DataType type = DataType::int8;  // or uint8
  float scale = 1;
  std::int64_t zero_point = 0;

  bool operator==(const Encoding& other) const {
    return type == other.type && scale == other.scale && zero_point == other.zero_point;
  }
};

struct Graph {
  std::string name;
  int opset = 13;  // whose op definitions the nodes follow
  std::vector<Value> inputs;
  std::vector<std::string> outputs;
  std::vector<Node> nodes;
  std::map<std::string, Tensor> constants;  // and the states' values
  std::vector<StateBinding> states;
  std::map<std::string, Encoding> encodings;  // after adopt_quantization() (compiler/passes)
  std::map<std::string, Value> values;        // every tensor's type and shape, after infer_shapes()
};

// Whether a run replaces the value, so that nothing may be worked out from it before.
bool is_state(const Graph& graph, const std::string& value);

// Typed attribute access; the default where absent; UserError naming the node where of another
// type.
std::int64_t attribute(const Node& node, const std::string& name, std::int64_t fallback);
float attribute(const Node& node, const std::string& name, float fallback);
std::string attribute(const Node& node, const std::string& name, const std::string& fallback);
std::vector<std::int64_t> attribute(const Node& node, const std::string& name,
                                    const std::vector<std::int64_t>& fallback);

// Puts the nodes into topological order (stable). UserError on a cycle (naming the nodes on it), an
// undefined input, a value defined twice, or a state that is no constant or bound twice.
void sort(Graph& graph);

// Checks every node against the op table (all unsupported ops in one message: node, op, opset),
// infers every value's type and shape, and evaluates what shape arithmetic needs (Shape, Constant
// …). Requires: sorted. UserError names node, op, and the shapes that don't agree.
void infer_shapes(Graph& graph);

// The reference semantics in fp32, value by value. `inputs` by name. Returns every graph output;
// with `keep` also the named intermediate values ("*" = all).
using TensorMap = std::map<std::string, Tensor>;
TensorMap evaluate(const Graph& graph, const TensorMap& inputs,
                   const std::vector<std::string>& keep = {});
// The same, and afterwards every state has its next value.
TensorMap run_step(Graph& graph, const TensorMap& inputs,
                   const std::vector<std::string>& keep = {});

}  // namespace systolith
